package ai.matih.ml.training.testing;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.job.ExperimentRuns;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.RunReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** Runs of a real MLflow without the door in front of it: in an experiment of its own. */
public final class RunsInMlflow implements ExperimentRuns {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI url;
  private final String experiment;
  private final Map<String, RunReference> made = new ConcurrentHashMap<>();

  public RunsInMlflow(URI url, String experiment) {
    this.url = url;
    this.experiment =
        call("experiments/create", Map.of("name", experiment)).path("experiment_id").asString();
  }

  /** Calls MLflow; anything but 200 is an error. */
  public JsonNode call(String path, Map<String, ?> body) {
    try {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(url.resolve("/api/2.0/mlflow/" + path))
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          RunningService.JSON.writeValueAsString(body)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + answer.body());
      }
      return RunningService.JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A run of the experiment. */
  public JsonNode run(String runId) {
    return search("attributes.run_id = '%s'".formatted(runId)).getFirst();
  }

  /** The runs below a run. */
  public List<JsonNode> below(String runId) {
    return search("tags.`mlflow.parentRunId` = '%s'".formatted(runId));
  }

  private List<JsonNode> search(String filter) {
    return call("runs/search", Map.of("experiment_ids", List.of(experiment), "filter", filter))
        .path("runs")
        .valueStream()
        .toList();
  }

  @Override
  public boolean exists(Tenant tenant, String submittedBy, String experimentId) {
    return experimentId.equals(experiment);
  }

  @Override
  public RunReference ensure(Job job) {
    return made.computeIfAbsent(
        job.id() + "-" + job.runAttempt(),
        _ ->
            new RunReference(
                experiment,
                call("runs/create", Map.of("experiment_id", experiment))
                    .path("run")
                    .path("info")
                    .path("run_id")
                    .asString()));
  }

  @Override
  public boolean admitWriter(Job job) {
    return true;
  }

  @Override
  public void end(Tenant tenant, String submittedBy, RunReference run, RunOutcome outcome) {
    call("runs/update", Map.of("run_id", run.runId(), "status", outcome.name()));
  }

  @Override
  public void endBelow(Tenant tenant, String submittedBy, RunReference run) {
    for (JsonNode below : below(run.runId())) {
      if (below.path("info").path("status").asString().equals("RUNNING")) {
        String id = below.path("info").path("run_id").asString();
        end(tenant, submittedBy, new RunReference(experiment, id), RunOutcome.KILLED);
      }
    }
  }
}
