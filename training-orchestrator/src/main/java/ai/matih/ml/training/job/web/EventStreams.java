package ai.matih.ml.training.job.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.job.JobChanges;
import ai.matih.ml.training.job.JobSettings;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Server-sent events, written by the request's own (virtual) thread.
 *
 * <p>Streams end when the service stops, before it waits for its requests.
 */
@Component
class EventStreams implements SmartLifecycle {

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final JobChanges changes;
  private final JsonMapper json;
  private final Semaphore places;
  private volatile boolean running;

  EventStreams(JobChanges changes, JsonMapper json, JobSettings settings) {
    this.changes = changes;
    this.json = json;
    this.places = new Semaphore(settings.maxStreams());
  }

  /** Writes one event; a closed connection ends the stream. */
  interface Sink {
    void event(String name, Object data) throws IOException;
  }

  /** Where the events of one stream come from. */
  interface Source {
    /** Writes what is new; false when nothing more will come. */
    boolean poll(Sink sink) throws IOException;
  }

  /**
   * Streams until the source has ended.
   *
   * @param pause the source is also polled this often without a change; at least every ten seconds
   */
  void stream(HttpServletResponse response, Duration pause, Source source) {
    if (!places.tryAcquire()) {
      throw new Problem(TrainingError.TOO_MANY_STREAMS, "Too many event streams are open.")
          .retryAfter(Duration.ofSeconds(10));
    }
    try {
      response.setContentType("text/event-stream");
      response.setCharacterEncoding("UTF-8");
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Accel-Buffering", "no");
      OutputStream out = response.getOutputStream();
      Sink sink =
          (name, data) -> {
            out.write(
                ("event: " + name + "\ndata: " + json.writeValueAsString(data) + "\n\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
          };
      follow(pause, source, out, sink);
    } catch (IOException e) {
      // The caller closed the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  private void follow(Duration pause, Source source, OutputStream out, Sink sink)
      throws IOException, InterruptedException {
    long beat = System.nanoTime();
    while (running) {
      long mark = changes.mark();
      if (!source.poll(sink)) {
        return;
      }
      if (System.nanoTime() - beat > HEARTBEAT.toNanos()) {
        out.write(": still there\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        beat = System.nanoTime();
      }
      changes.await(mark, pause.compareTo(HEARTBEAT) < 0 ? pause : HEARTBEAT);
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    changes.wake();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the web server waits for requests to end. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
