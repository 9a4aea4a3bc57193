package ai.matih.ml.api.experiment.mlflow;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.access.TenantWorkspaces;
import ai.matih.ml.api.experiment.Artifact;
import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.DefaultExperiment;
import ai.matih.ml.api.experiment.Experiment;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentSettings;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.LifecycleStage;
import ai.matih.ml.api.experiment.Measurements;
import ai.matih.ml.api.experiment.MetricPoint;
import ai.matih.ml.api.experiment.MlflowRefusal;
import ai.matih.ml.api.experiment.Repeats;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunStatus;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriBuilder;

@Component
class MlflowTracker implements ExperimentTracker {

  private static final String API = "/api/2.0/mlflow/";
  private static final String API_3 = "/api/3.0/mlflow/";

  private final RestClient mlflow;
  private final TenantWorkspaces workspaces;
  private final DefaultExperiment defaults;

  MlflowTracker(
      EngineClients engines,
      Addresses addresses,
      ExperimentSettings settings,
      TenantWorkspaces workspaces,
      DefaultExperiment defaults) {
    this.workspaces = workspaces;
    this.defaults = defaults;
    this.mlflow =
        engines
            .create(
                "mlflow",
                addresses.engine("mlflow"),
                new EngineSettings(
                    Duration.ofSeconds(2), settings.readTimeout(), settings.maxConcurrentCalls()))
            .mutate()
            .requestInitializer(
                request ->
                    request.getHeaders().set("X-MLFLOW-WORKSPACE", TenantScope.require().slug()))
            .build();
  }

  @Override
  public ExperimentId createExperiment(String name, Map<String, String> tags) {
    return new ExperimentId(
        naming(
                name,
                () ->
                    make(
                        "experiments/create",
                        Map.of("name", name, "tags", Wire.pairs(tags)),
                        Wire.ExperimentMade.class))
            .experimentId());
  }

  @Override
  public Optional<Experiment> experiment(ExperimentId id) {
    return present(
            () ->
                get(
                    "experiments/get",
                    Map.of("experiment_id", stored(id)),
                    Wire.OneExperiment.class))
        .map(one -> one.experiment().toExperiment(defaults::shown));
  }

  @Override
  public Optional<Experiment> experimentNamed(String name) {
    return present(
            () ->
                get(
                    "experiments/get-by-name",
                    Map.of("experiment_name", name),
                    Wire.OneExperiment.class))
        .map(one -> one.experiment().toExperiment(defaults::shown));
  }

  @Override
  public Found<Experiment> experiments(ExperimentQuery query) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("max_results", query.size());
    body.put("view_type", view(query.stage()));
    body.put("order_by", List.of("creation_time DESC", "experiment_id DESC"));
    query.nameContains().ifPresent(text -> body.put("filter", "name ILIKE '%" + text + "%'"));
    query.token().ifPresent(token -> body.put("page_token", token));
    Wire.ManyExperiments found =
        querying(() -> post("experiments/search", body, Wire.ManyExperiments.class));
    return new Found<>(
        Wire.orNone(found.experiments()).stream()
            .map(one -> one.toExperiment(defaults::shown))
            .toList(),
        Wire.token(found.nextPageToken()));
  }

  @Override
  public void renameExperiment(ExperimentId id, String name) {
    naming(
        name,
        () ->
            make(
                "experiments/update",
                Map.of("experiment_id", stored(id), "new_name", name),
                Map.class));
  }

  @Override
  public void tagExperiment(ExperimentId id, String key, String value) {
    update(
        "experiments/set-experiment-tag",
        Map.of("experiment_id", stored(id), "key", key, "value", value));
  }

  @Override
  public void deleteExperiment(ExperimentId id) {
    update("experiments/delete", Map.of("experiment_id", stored(id)));
  }

  @Override
  public void restoreExperiment(ExperimentId id) {
    update("experiments/restore", Map.of("experiment_id", stored(id)));
  }

  @Override
  public Run createRun(
      ExperimentId experiment,
      Optional<String> name,
      String user,
      Instant startedAt,
      Map<String, String> tags) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("experiment_id", stored(experiment));
    name.ifPresent(text -> body.put("run_name", text));
    body.put("user_id", user);
    body.put("start_time", startedAt.toEpochMilli());
    body.put("tags", Wire.pairs(tags));
    return make("runs/create", body, Wire.OneRun.class).run().toRun(defaults::shown);
  }

  @Override
  public Optional<Run> run(RunId id) {
    return present(() -> get("runs/get", Map.of("run_id", id.value()), Wire.OneRun.class))
        .map(one -> one.run().toRun(defaults::shown));
  }

  @Override
  public Found<Run> runs(RunQuery query) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("experiment_ids", query.experiments().stream().map(this::stored).toList());
    body.put("max_results", query.size());
    body.put("run_view_type", view(query.stage()));
    query.filter().ifPresent(filter -> body.put("filter", filter));
    if (!query.orderBy().isEmpty()) {
      body.put("order_by", query.orderBy());
    }
    query.token().ifPresent(token -> body.put("page_token", token));
    Wire.ManyRuns found = querying(() -> post("runs/search", body, Wire.ManyRuns.class));
    return new Found<>(
        Wire.orNone(found.runs()).stream().map(run -> run.toRun(defaults::shown)).toList(),
        Wire.token(found.nextPageToken()));
  }

  @Override
  public void updateRun(
      RunId id, Optional<RunStatus> status, Optional<Instant> endedAt, Optional<String> name) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("run_id", id.value());
    status.ifPresent(s -> body.put("status", s.name()));
    endedAt.ifPresent(at -> body.put("end_time", at.toEpochMilli()));
    name.ifPresent(text -> body.put("run_name", text));
    update("runs/update", body);
  }

  @Override
  public void log(RunId id, Measurements batch) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("run_id", id.value());
    body.put("params", Wire.pairs(batch.params()));
    body.put("tags", Wire.pairs(batch.tags()));
    body.put("metrics", batch.metrics().stream().map(Wire.Metric::of).toList());
    update("runs/log-batch", body);
  }

  @Override
  public Found<MetricPoint> metricHistory(RunId id, String key, int size, Optional<String> token) {
    Map<String, Object> query = new LinkedHashMap<>();
    query.put("run_id", id.value());
    query.put("metric_key", key);
    query.put("max_results", size);
    token.ifPresent(t -> query.put("page_token", t));
    Wire.ManyMetrics found =
        querying(() -> get("metrics/get-history", query, Wire.ManyMetrics.class));
    return new Found<>(
        Wire.orNone(found.metrics()).stream().map(Wire.Metric::toPoint).toList(),
        Wire.token(found.nextPageToken()));
  }

  @Override
  public Found<Artifact> artifacts(
      RunId id, Optional<ArtifactPath> directory, Optional<String> token) {
    Map<String, Object> query = new LinkedHashMap<>();
    query.put("run_id", id.value());
    directory.ifPresent(path -> query.put("path", path.text()));
    token.ifPresent(t -> query.put("page_token", t));
    Wire.ManyFiles found = querying(() -> get("artifacts/list", query, Wire.ManyFiles.class));
    return new Found<>(
        Wire.orNone(found.files()).stream().map(Wire.File::toArtifact).toList(),
        Wire.token(found.nextPageToken()));
  }

  @Override
  public boolean hasFile(ArtifactPath fromRoot) {
    String directory = fromRoot.parent().map(ArtifactPath::text).orElse("");
    Wire.ManyFiles found =
        send(
            HttpMethod.GET,
            "/api/2.0/mlflow-artifacts/artifacts",
            Map.of("path", directory),
            Optional.empty(),
            Wire.ManyFiles.class);
    return Wire.orNone(found.files()).stream()
        .map(Wire.File::toArtifact)
        .anyMatch(file -> !file.isDirectory() && file.path().equals(fromRoot.segments().getLast()));
  }

  @Override
  public Optional<LoggedModel> loggedModel(String modelId) {
    return present(() -> get("logged-models/" + modelId, Map.of(), Wire.OneLoggedModel.class))
        .map(one -> one.model().info().toModel(defaults::shown));
  }

  @Override
  public Optional<ExperimentId> experimentOfTrace(String traceId) {
    return present(() -> get3("traces/" + traceId, Wire.OneTrace.class))
        .map(one -> one.trace().traceInfo().traceLocation().mlflowExperiment().experimentId())
        .map(id -> defaults.shown(new ExperimentId(id)));
  }

  @Override
  public boolean hasEvaluationDataset(String datasetId) {
    return present(() -> get3("datasets/" + datasetId, Map.class)).isPresent();
  }

  private String stored(ExperimentId asked) {
    return defaults.stored(asked).value();
  }

  /** What MLflow would do twice; it is repeated only where MLflow undid the first try. */
  private <T> T make(String call, Map<String, ?> body, Class<T> answer) {
    return write(call, body, answer, Set.of(MlflowRefusal.Cause.LOST_RACE));
  }

  /** What MLflow does once, however often it is asked. */
  private void update(String call, Map<String, ?> body) {
    write(
        call,
        body,
        Map.class,
        Set.of(MlflowRefusal.Cause.LOST_RACE, MlflowRefusal.Cause.ROW_EXISTS));
  }

  private <T> T write(
      String call, Map<String, ?> body, Class<T> answer, Set<MlflowRefusal.Cause> repeated) {
    Repeats repeats = new Repeats();
    while (true) {
      try {
        return post(call, body, answer);
      } catch (EngineFailure failure) {
        MlflowRefusal refusal = refusal(failure).orElseThrow(() -> failure);
        if (!repeated.contains(refusal.cause()) || !repeats.pause()) {
          throw meaning(refusal, failure);
        }
      }
    }
  }

  /** Empty when MLflow said nothing. */
  private static Optional<MlflowRefusal> refusal(EngineFailure failure) {
    return switch (failure) {
      case EngineFailure.Refused refused ->
          Optional.of(MlflowRefusal.of(refused.status(), refused.body()));
      case EngineFailure.Misbehaved misbehaved ->
          Optional.of(MlflowRefusal.of(misbehaved.status(), misbehaved.body()));
      case EngineFailure.Unavailable away -> away.answer().map(body -> MlflowRefusal.of(503, body));
      case EngineFailure.OutcomeUnknown _ -> Optional.empty();
    };
  }

  private static RuntimeException meaning(MlflowRefusal refusal, EngineFailure failure) {
    if (refusal.reason().startsWith("Changing param values")) {
      return new ParamIsFinal();
    }
    return switch (refusal.code()) {
      case "INVALID_PARAMETER_VALUE" -> new Problem(CommonError.INVALID_REQUEST, refusal.reason());
      case "INVALID_STATE" -> new Problem(ApiError.EXPERIMENT_DELETED, refusal.reason());
      case "TEMPORARILY_UNAVAILABLE" ->
          new EngineFailure.Unavailable(
              "mlflow", refusal.reason(), Optional.of(Duration.ofSeconds(1)));
      default -> failure;
    };
  }

  private <T> T post(String call, Map<String, ?> body, Class<T> answer) {
    return send(HttpMethod.POST, API + call, Map.of(), Optional.of(body), answer);
  }

  private <T> T get(String call, Map<String, ?> query, Class<T> answer) {
    return send(HttpMethod.GET, API + call, query, Optional.empty(), answer);
  }

  private <T> T get3(String call, Class<T> answer) {
    return send(HttpMethod.GET, API_3 + call, Map.of(), Optional.empty(), answer);
  }

  private <T> T send(
      HttpMethod method,
      String path,
      Map<String, ?> query,
      Optional<Map<String, ?>> body,
      Class<T> answer) {
    Tenant tenant = TenantScope.require();
    workspaces.ensure(tenant);
    RestClient.RequestBodySpec request =
        mlflow
            .method(method)
            .uri(
                uri -> {
                  UriBuilder builder = uri.path(path);
                  query.keySet().forEach(name -> builder.queryParam(name, "{" + name + "}"));
                  return builder.build(query);
                });
    body.ifPresent(b -> request.contentType(MediaType.APPLICATION_JSON).body(b));
    T result = request.retrieve().body(answer);
    if (result == null) {
      throw new EngineFailure.Misbehaved("mlflow", 200, "no body");
    }
    return result;
  }

  private static <T> Optional<T> present(Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private static <T> T naming(String name, Supplier<T> call) {
    try {
      return call.get();
    } catch (EngineFailure failure) {
      if (refusal(failure).filter(r -> r.code().equals("RESOURCE_ALREADY_EXISTS")).isPresent()) {
        throw new NameTaken(name);
      }
      throw failure;
    }
  }

  private static <T> T querying(Supplier<T> call) {
    try {
      return call.get();
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 400) {
        throw new QueryRefused(MlflowRefusal.of(400, refused.body()).reason());
      }
      throw refused;
    }
  }

  private static String view(LifecycleStage stage) {
    return switch (stage) {
      case ACTIVE -> "ACTIVE_ONLY";
      case DELETED -> "DELETED_ONLY";
    };
  }
}
