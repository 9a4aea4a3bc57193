package ai.matih.ml.api.door;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.trace.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a request on and its answer back, both as streams.
 *
 * <p>Only listed request headers pass, so that nothing a caller sends is mistaken for a word of the
 * door. A call is repeated at most once, and only when a kept connection turned out to be dead
 * before one byte of an answer came and the request can be sent again unchanged.
 */
public final class Forwarder {

  /**
   * What goes along with a call.
   *
   * @param target path and query as sent to the server
   * @param headers set by the door itself
   * @param maxBody bytes that the request's body may have
   * @param body sent instead of the request's own
   */
  public record Outgoing(
      String target, Map<String, String> headers, long maxBody, Optional<byte[]> body) {
    public Outgoing {
      TreeMap<String, String> caseless = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      caseless.putAll(headers);
      headers = Collections.unmodifiableMap(caseless);
    }
  }

  /** Decides by the status whether an answer passes, and replaces those that do not. */
  public interface AnswerGuard {
    AnswerGuard NONE =
        new AnswerGuard() {
          @Override
          public boolean passes(int status) {
            return true;
          }

          @Override
          public void replace(int status, byte[] body, HttpServletResponse response) {
            throw new IllegalStateException("every answer passes");
          }
        };

    boolean passes(int status);

    /** Whether an answer that passes is read whole and given in other words. */
    default boolean rewrites() {
      return false;
    }

    /** The other words. */
    default byte[] rewritten(byte[] body) {
      return body;
    }

    /**
     * Answers instead; a {@link Problem} may be thrown too.
     *
     * @param body the first 64 kB of the answer that does not pass
     */
    void replace(int status, byte[] body, HttpServletResponse response) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(Forwarder.class);

  private static final Set<String> REQUEST_HEADERS =
      caseless(
          "Accept",
          "Accept-Encoding",
          "Accept-Language",
          "Cache-Control",
          "Content-Digest",
          "Content-Encoding",
          "Content-Type",
          "Idempotency-Key",
          "If-Match",
          "If-Modified-Since",
          "If-None-Match",
          "If-Range",
          "Inference-Header-Content-Length",
          "Last-Event-ID",
          "Prefer",
          "Range",
          "User-Agent");

  private static final Set<String> DROPPED_FROM_ANSWERS =
      caseless(
          "Connection",
          "Keep-Alive",
          "Proxy-Authenticate",
          "Proxy-Connection",
          "Server",
          "Set-Cookie",
          "TE",
          "Trailer",
          "Transfer-Encoding",
          "Upgrade",
          "Content-Length",
          "X-Request-Id");

  /** Small bodies are kept for the one repeat; larger ones stream through. */
  private static final int REPEATABLE_BODY = 64 * 1024;

  private static final int REPLACED_BODY = 64 * 1024;

  private static final Set<String> SAFE_TO_REPEAT =
      Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  private final Duration answerTimeout;
  private final Duration silenceTimeout;

  public Forwarder(Duration answerTimeout, Duration silenceTimeout) {
    this.answerTimeout = answerTimeout;
    this.silenceTimeout = silenceTimeout;
  }

  /**
   * Forwards one call.
   *
   * @throws Problem 413, 502, 503 or 504 while nothing of an answer was passed on yet
   * @throws IOException when either side breaks off in the middle of an answer
   */
  public void forward(
      Upstream upstream,
      Outgoing outgoing,
      AnswerGuard guard,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    long length = request.getContentLengthLong();
    if (length > outgoing.maxBody()) {
      throw tooLarge(outgoing.maxBody());
    }
    boolean hasBody =
        outgoing.body().isPresent() || length > 0 || request.getHeader("Transfer-Encoding") != null;
    if (!upstream.tryEnter()) {
      throw new Problem(ApiError.SERVICE_BUSY, upstream.name() + " has too many calls in flight.")
          .with("service", upstream.name())
          .retryAfter(Duration.ofSeconds(1));
    }
    try {
      Body body =
          !hasBody
              ? Body.NONE
              : outgoing.body().isPresent()
                  ? new Body.Kept(outgoing.body().get())
                  : Body.of(request, length, outgoing.maxBody());
      exchange(upstream, outgoing, body, guard, request, response);
    } finally {
      upstream.leave();
    }
  }

  private void exchange(
      Upstream upstream,
      Outgoing outgoing,
      Body body,
      AnswerGuard guard,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Upstream.Connection connection = connect(upstream, false);
    boolean complete = false;
    try {
      ClassicHttpResponse head;
      try {
        head = send(connection, message(upstream, outgoing, body, request));
      } catch (DeadConnection e) {
        if (!connection.isReused() || !body.isRepeatable() || !mayRepeat(request)) {
          throw unanswered(upstream, request, e);
        }
        Upstream.close(connection);
        connection = connect(upstream, true);
        head = send(connection, message(upstream, outgoing, body, request));
      }
      complete = passBack(connection, head, guard, request, response);
    } catch (DeadConnection e) {
      throw unanswered(upstream, request, e);
    } catch (BodyTooLarge e) {
      throw tooLarge(outgoing.maxBody());
    } catch (CallerGone e) {
      // Nobody is left to answer; the service sees a broken request, as it should.
      log.debug("the caller broke off: {}", e.toString());
    } catch (SocketTimeoutException e) {
      if (response.isCommitted()) {
        throw e;
      }
      throw timeout(upstream);
    } catch (HttpException e) {
      log.warn("{} gave an answer that is not HTTP: {}", upstream.name(), e.toString());
      throw new Problem(
              ApiError.SERVICE_MISBEHAVED, upstream.name() + " gave an answer that cannot be read.")
          .with("service", upstream.name());
    } finally {
      if (complete) {
        upstream.keep(connection);
      } else {
        Upstream.close(connection);
      }
    }
  }

  private static Upstream.Connection connect(Upstream upstream, boolean fresh) {
    try {
      return fresh ? upstream.open() : upstream.connect();
    } catch (IOException e) {
      log.warn(
          "{} at {} cannot be reached: {}", upstream.name(), upstream.authority(), e.toString());
      throw new Problem(
              ApiError.SERVICE_UNAVAILABLE, upstream.name() + " is away; try again shortly.")
          .with("service", upstream.name())
          .retryAfter(Duration.ofSeconds(2));
    }
  }

  private static BasicClassicHttpRequest message(
      Upstream upstream, Outgoing outgoing, Body body, HttpServletRequest request) {
    BasicClassicHttpRequest message =
        new BasicClassicHttpRequest(request.getMethod(), upstream.basePath() + outgoing.target());
    message.addHeader("Host", upstream.authority());
    for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
      String name = names.nextElement();
      if (REQUEST_HEADERS.contains(name) && !outgoing.headers().containsKey(name)) {
        for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); ) {
          message.addHeader(name, values.nextElement());
        }
      }
    }
    outgoing.headers().forEach(message::addHeader);
    Trace.current().orElseGet(Trace::begin).writeTo(message::addHeader);
    if (body.length() != 0) {
      if (body.length() < 0) {
        message.addHeader("Transfer-Encoding", "chunked");
      } else {
        message.addHeader("Content-Length", Long.toString(body.length()));
      }
      message.setEntity(new InputStreamEntity(body.open(), body.length(), null));
    } else if (request.getMethod().equals("POST") || request.getMethod().equals("PUT")) {
      message.addHeader("Content-Length", "0");
    }
    return message;
  }

  /** Sends the request and reads the head of the final answer. */
  private ClassicHttpResponse send(Upstream.Connection connection, BasicClassicHttpRequest message)
      throws IOException, HttpException {
    DefaultBHttpClientConnection http = connection.http();
    connection.patience(silenceTimeout);
    try {
      http.sendRequestHeader(message);
      if (message.getEntity() != null) {
        http.sendRequestEntity(message);
      }
      http.flush();
    } catch (CallerGone | BodyTooLarge e) {
      throw e;
    } catch (IOException e) {
      // A server that refuses an upload answers before it has read all of it.
      if (message.getEntity() == null || !answersEarly(connection)) {
        throw new DeadConnection(e);
      }
    }
    connection.patience(answerTimeout);
    try {
      ClassicHttpResponse head = http.receiveResponseHeader();
      while (head.getCode() < 200) {
        head = http.receiveResponseHeader();
      }
      return head;
    } catch (NoHttpResponseException | java.net.SocketException e) {
      throw new DeadConnection(e);
    }
  }

  private static boolean answersEarly(Upstream.Connection connection) {
    try {
      return connection
          .http()
          .isDataAvailable(org.apache.hc.core5.util.Timeout.ofMilliseconds(200));
    } catch (IOException e) {
      return false;
    }
  }

  /** Copies the answer; true when the connection can serve another call. */
  private boolean passBack(
      Upstream.Connection connection,
      ClassicHttpResponse head,
      AnswerGuard guard,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException, HttpException {
    DefaultBHttpClientConnection http = connection.http();
    boolean withBody =
        !request.getMethod().equals("HEAD") && head.getCode() != 204 && head.getCode() != 304;
    if (withBody) {
      http.receiveResponseEntity(head);
    }
    HttpEntity entity = head.getEntity();
    boolean kept = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, head, null);
    if (!guard.passes(head.getCode())) {
      byte[] body = entity == null ? new byte[0] : entity.getContent().readNBytes(REPLACED_BODY);
      guard.replace(head.getCode(), body, response);
      return kept && body.length < REPLACED_BODY && http.isConsistent();
    }
    response.setStatus(head.getCode());
    for (Iterator<Header> headers = head.headerIterator(); headers.hasNext(); ) {
      Header header = headers.next();
      if (!DROPPED_FROM_ANSWERS.contains(header.getName())) {
        response.addHeader(header.getName(), header.getValue());
      }
    }
    if (entity == null) {
      Header length = head.getFirstHeader("Content-Length");
      if (length != null && request.getMethod().equals("HEAD")) {
        response.setHeader("Content-Length", length.getValue());
      }
      return kept && http.isConsistent();
    }
    if (guard.rewrites()) {
      byte[] body = guard.rewritten(entity.getContent().readAllBytes());
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
      return kept && http.isConsistent();
    }
    long length = entity.getContentLength();
    if (length >= 0) {
      response.setContentLengthLong(length);
    }
    connection.patience(silenceTimeout);
    // Not closed on failure: closing would first read the rest of an endless answer.
    InputStream in = entity.getContent();
    copy(in, response.getOutputStream(), length);
    in.close();
    return kept && http.isConsistent();
  }

  /** Flushes whenever the server pauses, so that events arrive as they happen. */
  private static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] buffer = new byte[length >= 0 && length < 16 * 1024 ? (int) length + 1 : 16 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      if (length < 0 && in.available() == 0) {
        out.flush();
      }
    }
  }

  private static boolean mayRepeat(HttpServletRequest request) {
    return SAFE_TO_REPEAT.contains(request.getMethod())
        || request.getHeader("Idempotency-Key") != null;
  }

  private static Problem unanswered(
      Upstream upstream, HttpServletRequest request, IOException cause) {
    log.warn("{} broke off: {}", upstream.name(), cause.toString());
    boolean readOnly = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    return readOnly
        ? new Problem(
                ApiError.SERVICE_UNAVAILABLE, upstream.name() + " is away; try again shortly.")
            .with("service", upstream.name())
            .retryAfter(Duration.ofSeconds(2))
        : new Problem(
                ApiError.SERVICE_TIMEOUT,
                upstream.name()
                    + " broke off before it answered; repeat with the same Idempotency-Key to learn"
                    + " the outcome.")
            .with("service", upstream.name());
  }

  private static Problem timeout(Upstream upstream) {
    return new Problem(ApiError.SERVICE_TIMEOUT, upstream.name() + " did not answer in time.")
        .with("service", upstream.name());
  }

  private static Problem tooLarge(long maxBody) {
    return new Problem(CommonError.TOO_LARGE, "The request body may have " + maxBody + " bytes.")
        .with("max_bytes", maxBody);
  }

  private static Set<String> caseless(String... names) {
    TreeSet<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(Arrays.asList(names));
    return set;
  }

  /** The server closed the connection without a word. */
  private static final class DeadConnection extends IOException {
    DeadConnection(IOException cause) {
      super(cause);
    }
  }

  /** The caller broke off while sending. */
  private static final class CallerGone extends IOException {
    CallerGone(IOException cause) {
      super(cause);
    }
  }

  /** A body of unknown length grew too large. */
  private static final class BodyTooLarge extends IOException {
    BodyTooLarge() {
      super("the request body is too large");
    }
  }

  /** A request's body: none, small and kept, or a stream that can be read once. */
  private sealed interface Body {

    Body NONE = new Kept(new byte[0]);

    /** Negative when unknown. */
    long length();

    InputStream open();

    boolean isRepeatable();

    static Body of(HttpServletRequest request, long length, long max) throws IOException {
      InputStream in = request.getInputStream();
      if (length >= 0 && length <= REPEATABLE_BODY) {
        byte[] kept = in.readNBytes((int) length);
        if (kept.length < length) {
          throw new CallerGone(new IOException("the caller sent less than announced"));
        }
        return new Kept(kept);
      }
      return new Streamed(length, new Metered(in, max));
    }

    /** Small enough to be sent twice. */
    final class Kept implements Body {
      private final byte[] bytes;

      Kept(byte[] bytes) {
        this.bytes = bytes;
      }

      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public boolean isRepeatable() {
        return true;
      }
    }

    record Streamed(long length, InputStream stream) implements Body {
      @Override
      public InputStream open() {
        return stream;
      }

      @Override
      public boolean isRepeatable() {
        return false;
      }
    }
  }

  /** Tells the caller's failures from the server's, and counts. */
  private static final class Metered extends InputStream {
    private final InputStream in;
    private long left;

    Metered(InputStream in, long max) {
      this.in = in;
      this.left = max;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      int n;
      try {
        n = in.read(bytes, offset, count);
      } catch (IOException e) {
        throw new CallerGone(e);
      }
      if (n > 0) {
        left -= n;
        if (left < 0) {
          throw new BodyTooLarge();
        }
      }
      return n;
    }
  }
}
