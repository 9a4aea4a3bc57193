package ai.matih.ml.training.job.tracking;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.job.ExperimentRuns;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.RunReference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks ml-api, as this service and on behalf of the person who submitted the job. */
@Component
class MlApiRuns implements ExperimentRuns {

  private static final String SERVICE = "ml-api";

  /** Of a hundred runs each: more than any search has, and an end if one cannot be ended. */
  private static final int MOST_PAGES = 20;

  private final RestClient api;
  private final ServiceTokens tokens;

  MlApiRuns(EngineClients clients, Addresses addresses, ServiceTokens tokens) {
    this.api = clients.create(SERVICE, addresses.service("api"), EngineSettings.DEFAULT);
    this.tokens = tokens;
  }

  record Experiment(@Nullable String id, @Nullable String name, @Nullable String lifecycleStage) {}

  record Experiments(@Nullable List<Experiment> items, @Nullable String nextPageToken) {}

  record Run(@Nullable String runId, @Nullable String experimentId) {}

  record Runs(@Nullable List<Run> items) {}

  @Override
  public boolean exists(Tenant tenant, String submittedBy, String experimentId) {
    try {
      Experiment experiment =
          answer(
              () ->
                  api.get()
                      .uri("/api/v1/ml/experiments/{id}", experimentId)
                      .header(HttpHeaders.AUTHORIZATION, bearer(tenant, submittedBy))
                      .retrieve()
                      .body(Experiment.class));
      return "active".equals(experiment.lifecycleStage());
    } catch (EngineFailure.Refused e) {
      if (e.status() == 404 || e.status() == 400) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public RunReference ensure(Job job) {
    String experiment = job.making().experimentId().orElseGet(() -> experimentNamed(job));
    Run run =
        answer(
            () ->
                once(
                    job,
                    "/api/v1/ml/experiments/" + experiment + "/runs",
                    job.id() + "-r" + job.runAttempt(),
                    Map.of(
                        "name",
                        job.making().name(),
                        "tags",
                        Map.of(
                            "matih.job_id",
                            job.id().toString(),
                            "matih.attempt",
                            Integer.toString(job.runAttempt()))),
                    Run.class));
    return new RunReference(
        Objects.requireNonNullElse(run.experimentId(), experiment),
        Optional.ofNullable(run.runId())
            .orElseThrow(() -> new EngineFailure.Misbehaved(SERVICE, 200, "a run without an id")));
  }

  /** Jobs without an experiment share one that is called like them. */
  private String experimentNamed(Job job) {
    Optional<String> known = find(job);
    if (known.isPresent()) {
      return known.get();
    }
    String name = job.making().name();
    try {
      return id(
          answer(
              () ->
                  once(
                      job,
                      "/api/v1/ml/experiments",
                      job.id() + "-e" + job.runAttempt(),
                      Map.of("name", name),
                      Experiment.class)));
    } catch (EngineFailure.Refused e) {
      // Made by another job in between, or there and deleted, which only its owner can undo.
      return find(job).orElseThrow(() -> e);
    }
  }

  private Optional<String> find(Job job) {
    String name = job.making().name();
    String token = "";
    do {
      String from = token;
      Experiments page =
          answer(
              () ->
                  api.get()
                      .uri(
                          uri ->
                              uri.path("/api/v1/ml/experiments")
                                  .queryParam("name_contains", "{name}")
                                  .queryParam("page_size", 500)
                                  .queryParam("page_token", "{token}")
                                  .build(name, from))
                      .header(HttpHeaders.AUTHORIZATION, bearer(job.tenant(), job.submittedBy()))
                      .retrieve()
                      .body(Experiments.class));
      Optional<Experiment> found =
          Objects.requireNonNullElse(page.items(), List.<Experiment>of()).stream()
              .filter(experiment -> name.equals(experiment.name()))
              .findFirst();
      if (found.isPresent()) {
        return found.map(MlApiRuns::id);
      }
      token = Objects.requireNonNullElse(page.nextPageToken(), "");
    } while (!token.isEmpty());
    return Optional.empty();
  }

  private static String id(Experiment experiment) {
    return Optional.ofNullable(experiment.id())
        .orElseThrow(
            () -> new EngineFailure.Misbehaved(SERVICE, 200, "an experiment without an id"));
  }

  private <T> @Nullable T once(
      Job job, String path, String key, Map<String, ?> body, Class<T> type) {
    try {
      return api.post()
          .uri(path)
          .header(HttpHeaders.AUTHORIZATION, bearer(job.tenant(), job.submittedBy()))
          .header("Idempotency-Key", key)
          .contentType(MediaType.APPLICATION_JSON)
          .body(body)
          .retrieve()
          .body(type);
    } catch (EngineFailure.Refused e) {
      throw e.body().contains("IdempotencyInProgress")
          // An earlier try of ours is still under way there, or died: its lease decides.
          ? new EngineFailure.Unavailable(
              SERVICE, "an earlier call is still running", Optional.of(Duration.ofSeconds(2)))
          : e;
    }
  }

  @Override
  public boolean admitWriter(Job job) {
    try {
      api.put()
          .uri("/api/v1/ml/experiments/runs/{run}/writer", job.run().orElseThrow().runId())
          .header(HttpHeaders.AUTHORIZATION, bearer(job.tenant(), job.submittedBy()))
          .contentType(MediaType.APPLICATION_JSON)
          .body(Map.of("job_id", job.id().toString(), "attempt", job.attempt()))
          .retrieve()
          .toBodilessEntity();
      return true;
    } catch (EngineFailure.Refused e) {
      if (e.status() == 409 || e.status() == 404) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void end(Tenant tenant, String submittedBy, RunReference run, RunOutcome outcome) {
    try {
      api.patch()
          .uri("/api/v1/ml/experiments/{id}/runs/{run}", run.experimentId(), run.runId())
          .header(HttpHeaders.AUTHORIZATION, bearer(tenant, submittedBy))
          .contentType(MediaType.APPLICATION_JSON)
          .body(Map.of("status", outcome.name().toLowerCase(Locale.ROOT)))
          .retrieve()
          .toBodilessEntity();
    } catch (EngineFailure.Refused e) {
      // 409: it has ended otherwise, by its owner's hand; 404: it was deleted.
      if (e.status() != 409 && e.status() != 404) {
        throw e;
      }
    }
  }

  @Override
  public void endBelow(Tenant tenant, String submittedBy, RunReference run) {
    List<Run> left = running(tenant, submittedBy, run);
    // Those that have ended are not found any more, so the first page is all that is ever read.
    for (int page = 0; !left.isEmpty() && page < MOST_PAGES; page++) {
      for (Run below : left) {
        String id =
            Optional.ofNullable(below.runId())
                .orElseThrow(
                    () -> new EngineFailure.Misbehaved(SERVICE, 200, "a run without an id"));
        end(tenant, submittedBy, new RunReference(run.experimentId(), id), RunOutcome.KILLED);
      }
      left = running(tenant, submittedBy, run);
    }
  }

  private List<Run> running(Tenant tenant, String submittedBy, RunReference run) {
    Runs page =
        answer(
            () ->
                api.get()
                    .uri(
                        uri ->
                            uri.path("/api/v1/ml/experiments/{id}/runs")
                                .queryParam("filter", "{filter}")
                                .queryParam("page_size", 100)
                                .build(
                                    run.experimentId(),
                                    "tags.`mlflow.parentRunId` = '%s' and attributes.status = 'RUNNING'"
                                        .formatted(run.runId())))
                    .header(HttpHeaders.AUTHORIZATION, bearer(tenant, submittedBy))
                    .retrieve()
                    .body(Runs.class));
    return Objects.requireNonNullElse(page.items(), List.of());
  }

  private String bearer(Tenant tenant, String submittedBy) {
    return "Bearer " + tokens.forTenant(tenant, Optional.of(submittedBy));
  }

  private static <T> T answer(Supplier<@Nullable T> call) {
    try {
      T body = call.get();
      if (body == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "empty");
      }
      return body;
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
  }
}
