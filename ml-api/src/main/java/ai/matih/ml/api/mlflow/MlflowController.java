package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.access.TenantWorkspaces;
import ai.matih.ml.api.door.Forwarder;
import ai.matih.ml.api.door.MlflowPaths;
import ai.matih.ml.api.door.Upstream;
import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.DefaultExperiment;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentSettings;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.Repeats;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.transaction.Transactions;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;

/** Answers MLflow's own clients. */
@RestController
@Hidden
class MlflowController {

  private static final String CALLS_OF_VERSION_3 = "/api/3.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";
  private static final String SERVER_INFO = "/api/3.0/mlflow/server-info";
  private static final int MAX_MESSAGE = 16 * 1024 * 1024;
  private static final int MOST_EXPERIMENTS = 100;

  private static final Pattern EXPERIMENT =
      Pattern.compile("(\"experiment_id\"\\s*:\\s*\")([0-9]{1,19})\"");

  private static final Pattern EXPERIMENTS =
      Pattern.compile("\"experiment_ids\"\\s*:\\s*\\[[^\\]]*\\]");

  private static final Pattern NUMBER = Pattern.compile("\"([0-9]{1,19})\"");

  /** Clients send files and ask for them through this door, never from a store's own address. */
  private static final byte[] INFO =
      """
      {"store_type":"SqlStore","workspaces_enabled":true,"trace_archival_enabled":false,\
      "multipart_uploads_enabled":false,"multipart_downloads_enabled":false}\
      """
          .getBytes(StandardCharsets.UTF_8);

  /**
   * Of the many writes of a run only those that make or remove something are in the audit trail.
   */
  private static final Set<String> AUDITED =
      Set.of(
          "experiments/create",
          "experiments/delete",
          "experiments/restore",
          "experiments/update",
          "runs/create",
          "runs/delete",
          "runs/restore",
          "logged-models",
          "logged-models/{model_id}",
          "traces/delete-traces",
          "/api/3.0/mlflow/traces/delete-traces",
          "/api/3.0/mlflow/datasets/create",
          "/api/3.0/mlflow/datasets/{dataset_id}");

  private final Forwarder forwarder;
  private final Upstream mlflow;
  private final JobFence fence;
  private final DefaultExperiment defaults;
  private final ExperimentTracker tracker;
  private final TenantWorkspaces workspaces;
  private final Audit audit;
  private final Transactions transactions;
  private final long maxArtifact;

  MlflowController(
      @Qualifier("mlflowForwarder") Forwarder forwarder,
      @Qualifier("mlflowUpstream") Upstream mlflow,
      JobFence fence,
      DefaultExperiment defaults,
      ExperimentTracker tracker,
      TenantWorkspaces workspaces,
      Audit audit,
      Transactions transactions,
      ExperimentSettings settings) {
    this.forwarder = forwarder;
    this.mlflow = mlflow;
    this.fence = fence;
    this.defaults = defaults;
    this.tracker = tracker;
    this.workspaces = workspaces;
    this.audit = audit;
    this.transactions = transactions;
    this.maxArtifact = settings.maxArtifact().toBytes();
  }

  @RequestMapping({"/api/2.0/**", "/api/3.0/**", MlflowPaths.VERSION, MlflowPaths.SPANS})
  @Allow({Permission.EXPERIMENTS_READ, Permission.OWN_RUN_WRITE})
  void answer(Caller caller, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      dispatch(caller, request, response);
    } catch (Problem problem) {
      MlflowPaths.write(problem, response);
    } catch (EngineFailure failure) {
      MlflowPaths.write(problem(failure), response);
    }
  }

  private void dispatch(Caller caller, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String asked = request.getHeader("X-MLFLOW-WORKSPACE");
    if (asked != null && !asked.isEmpty() && !asked.equals(caller.tenant().slug())) {
      throw new Problem(
          ApiError.FOREIGN_WORKSPACE,
          "This key's workspace is " + caller.tenant() + "; unset MLFLOW_WORKSPACE.");
    }
    caller.job().ifPresent(fence::requireCurrent);
    String path = request.getRequestURI();
    String method = request.getMethod();
    if (path.equals(SERVER_INFO) && method.equals("GET")) {
      response.setContentType("application/json");
      response.setContentLength(INFO.length);
      response.getOutputStream().write(INFO);
      return;
    }
    if (path.equals(MlflowPaths.VERSION) && method.equals("GET")) {
      forwarder.forward(
          mlflow,
          new Forwarder.Outgoing(MlflowPaths.VERSION, Map.of(), 0, Optional.empty()),
          MlflowRefusals.ofOneCall(() -> false),
          request,
          response);
      return;
    }
    workspaces.ensure(caller.tenant());
    if (path.startsWith(MlflowCall.BASE) || path.startsWith(CALLS_OF_VERSION_3)) {
      call(caller, path, request, response);
    } else if (path.equals(ARTIFACTS) && method.equals("GET")) {
      list(caller, request, response);
    } else if (path.startsWith(ARTIFACTS + "/") && (method.equals("GET") || method.equals("PUT"))) {
      file(caller, path.substring(ARTIFACTS.length() + 1), request, response);
    } else {
      throw notOffered(method, path);
    }
  }

  private void call(
      Caller caller, String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    String name =
        path.startsWith(MlflowCall.BASE) ? path.substring(MlflowCall.BASE.length()) : path;
    Optional<GatedCall> gated = GatedCall.of(method, name);
    if (gated.isPresent()) {
      audit.refused("mlflow.gated", name, Map.of("instead", gated.get().instead()));
      throw new Problem(
          ApiError.GATED_REGISTRY_CALL,
          "The model registry changes only through its gates. " + gated.get().instead());
    }
    MlflowCall.Match match =
        MlflowCall.of(method, path).orElseThrow(() -> notOffered(method, path));
    MlflowCall call = match.call();
    boolean inBody = !method.equals("GET");
    MlflowMessage message =
        inBody
            ? MlflowMessage.ofBody(match, body(request))
            : MlflowMessage.ofQuery(match, request.getParameterMap());
    message.replaceExperiments(defaults::shown);
    allow(caller, match, message);
    if (call.writes()) {
      requireExperiments(message);
    }
    if (call.writes() && !caller.roles().contains(Role.SERVICE) && message.writesPlatformTag()) {
      throw new Problem(
          CommonError.FORBIDDEN,
          "Tags that begin with " + Tags.PLATFORM + " belong to the platform.");
    }
    message.replaceExperiments(defaults::stored);
    if (call.path().equals("experiments/search")
        || message.experimentName().filter(DefaultExperiment.NAME::equals).isPresent()) {
      defaults.stored(DefaultExperiment.NUMBER);
    }
    Forwarder.Outgoing outgoing =
        new Forwarder.Outgoing(
            path + (inBody ? "" : message.query()),
            headers(caller, inBody),
            MAX_MESSAGE,
            inBody ? Optional.of(message.body()) : Optional.empty());
    Repeats repeats = new Repeats();
    MlflowRefusals refusals;
    do {
      refusals =
          new MlflowRefusals(
              () -> isMissing(match),
              refusal -> call.mayRepeat(refusal.cause()) && repeats.pause(),
              call.speaksOfExperiments() ? Optional.of(this::ofTheTenant) : Optional.empty());
      forwarder.forward(mlflow, outgoing, refusals, request, response);
    } while (refusals.repeats());
    if (refusals.hasPassed() && call.writes() && AUDITED.contains(call.path())) {
      String target =
          message
              .run()
              .map(run -> "runs/" + run)
              .or(() -> message.experiment().map(experiment -> "experiments/" + experiment))
              .orElse(call.path());
      transactions.run(
          () ->
              audit.record(
                  "mlflow." + method.toLowerCase(Locale.ROOT) + " " + call.path(),
                  target,
                  Map.of()));
    }
  }

  /** MLflow joins a data set with whatever number it is told. */
  private void requireExperiments(MlflowMessage message) {
    List<ExperimentId> named = message.experiments();
    if (named.size() > MOST_EXPERIMENTS) {
      throw Problem.invalid("experiment_ids", "may name up to " + MOST_EXPERIMENTS);
    }
    for (ExperimentId experiment : named) {
      if (tracker.experiment(experiment).isEmpty()) {
        throw new Problem(
            ApiError.EXPERIMENT_NOT_FOUND, "No Experiment with id=%s exists".formatted(experiment));
      }
    }
  }

  private static Map<String, String> headers(Caller caller, boolean inBody) {
    Map<String, String> headers = new HashMap<>();
    headers.put("X-MLFLOW-WORKSPACE", caller.tenant().slug());
    // The answer may be read here.
    headers.put("Accept-Encoding", "identity");
    if (inBody) {
      headers.put("Content-Type", "application/json");
    }
    return headers;
  }

  /**
   * An answer with the tenant's own numbers. A text with such a sequence has its quotes escaped.
   */
  private byte[] ofTheTenant(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    text =
        EXPERIMENT.matcher(text).replaceAll(found -> found.group(1) + shown(found.group(2)) + '"');
    return EXPERIMENTS
        .matcher(text)
        .replaceAll(
            list -> NUMBER.matcher(list.group()).replaceAll(id -> '"' + shown(id.group(1)) + '"'))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private String shown(String experiment) {
    return defaults.shown(new ExperimentId(experiment)).value();
  }

  /** Some of MLflow's calls fail over a data set that is not there. */
  private boolean isMissing(MlflowCall.Match match) {
    String dataset = match.variables().get("dataset_id");
    return dataset != null && !tracker.hasEvaluationDataset(dataset);
  }

  private void allow(Caller caller, MlflowCall.Match match, MlflowMessage message) {
    MlflowCall call = match.call();
    if (caller.job().isEmpty()) {
      if (!caller.may(call.permission())) {
        throw new Problem(
                CommonError.FORBIDDEN, "This needs the permission " + call.permission() + ".")
            .with("permission", call.permission().toString());
      }
      return;
    }
    Caller.Job job = caller.job().get();
    switch (call.jobs()) {
      case REFUSED ->
          throw new Problem(
              CommonError.FORBIDDEN, "A training job may not call " + call.path() + ".");
      case OWN_RUN -> {
        fence.requireOwn(
            job, message.run().orElseThrow(() -> Problem.invalid("run_id", "is required")));
        message.mentionedModels().forEach(model -> fence.requireOwnModel(job, model));
      }
      case CHILD_RUN -> {
        requireOwnExperiment(job, message);
        Optional<RunId> parent = message.tag(Tags.PARENT).flatMap(RunId::parse);
        if (parent.isPresent()) {
          fence.requireOwn(job, parent.get());
        } else {
          message.addTag(Tags.PARENT, job.runId());
        }
      }
      case OWN_EXPERIMENT -> requireOwnExperiment(job, message);
      case NEW_MODEL -> {
        requireOwnExperiment(job, message);
        if (message.sourceRun().isPresent()) {
          fence.requireOwn(job, message.sourceRun().get());
        } else {
          message.set("source_run_id", job.runId());
        }
      }
      case OWN_MODEL -> fence.requireOwnModel(job, match.variables().getOrDefault("model_id", ""));
    }
  }

  private void requireOwnExperiment(Caller.Job job, MlflowMessage message) {
    fence.requireOwnExperiment(
        job,
        message.experiment().orElseThrow(() -> Problem.invalid("experiment_id", "is required")));
  }

  private void list(Caller caller, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String path = request.getParameter("path");
    ArtifactAddress address =
        address(caller, path == null ? "" : path, Permission.EXPERIMENTS_READ);
    forwarder.forward(
        mlflow,
        new Forwarder.Outgoing(
            ARTIFACTS + "?path=" + UriUtils.encode(address.path().text(), StandardCharsets.UTF_8),
            Map.of("X-MLFLOW-WORKSPACE", caller.tenant().slug()),
            0,
            Optional.empty()),
        MlflowRefusals.ofOneCall(() -> false),
        request,
        response);
  }

  private void file(
      Caller caller, String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean upload = request.getMethod().equals("PUT");
    ArtifactAddress address =
        address(
            caller,
            UriUtils.decode(path, StandardCharsets.UTF_8),
            upload ? Permission.EXPERIMENTS_WRITE : Permission.EXPERIMENTS_READ);
    if (!address.isBelowRoot()) {
      throw noSuchFile();
    }
    if (upload && ownerIsMissing(address)) {
      throw noSuchFile();
    }
    forwarder.forward(
        mlflow,
        new Forwarder.Outgoing(
            ARTIFACTS + "/" + UriUtils.encodePath(address.path().text(), StandardCharsets.UTF_8),
            Map.of("X-MLFLOW-WORKSPACE", caller.tenant().slug()),
            maxArtifact,
            Optional.empty()),
        MlflowRefusals.ofOneCall(() -> !upload && !tracker.hasFile(address.path())),
        request,
        response);
  }

  /** A file without a run or model would be nobody's, and would never be found or cleaned up. */
  private boolean ownerIsMissing(ArtifactAddress address) {
    return switch (address) {
      case ArtifactAddress.OfRun run ->
          tracker
              .run(run.run())
              .filter(found -> found.experimentId().equals(defaults.shown(run.experiment())))
              .isEmpty();
      case ArtifactAddress.OfModel model ->
          tracker
              .loggedModel(model.modelId())
              .filter(found -> found.experimentId().equals(defaults.shown(model.experiment())))
              .isEmpty();
      case ArtifactAddress.OfTrace trace ->
          tracker
              .experimentOfTrace(trace.traceId())
              .filter(found -> found.equals(defaults.shown(trace.experiment())))
              .isEmpty();
    };
  }

  private ArtifactAddress address(Caller caller, String path, Permission permission) {
    if (!path.isEmpty() && !ArtifactAddress.isWellFormed(path)) {
      throw Problem.invalid("path", ArtifactPath.RULE);
    }
    ArtifactAddress address =
        ArtifactAddress.parse(path, caller.tenant()).orElseThrow(MlflowController::noSuchFile);
    if (caller.job().isPresent()) {
      switch (address) {
        case ArtifactAddress.OfRun run -> fence.requireOwn(caller.job().get(), run.run());
        case ArtifactAddress.OfModel model ->
            fence.requireOwnModel(caller.job().get(), model.modelId());
        case ArtifactAddress.OfTrace _ -> throw noSuchFile();
      }
    } else if (!caller.may(permission)) {
      throw new Problem(CommonError.FORBIDDEN, "This needs the permission " + permission + ".")
          .with("permission", permission.toString());
    }
    return address;
  }

  private static byte[] body(HttpServletRequest request) throws IOException {
    String type = request.getContentType();
    if (request.getContentLengthLong() != 0
        && (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json"))) {
      throw new Problem(CommonError.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.");
    }
    byte[] body = request.getInputStream().readNBytes(MAX_MESSAGE + 1);
    if (body.length > MAX_MESSAGE) {
      throw new Problem(CommonError.TOO_LARGE, "A message may have " + MAX_MESSAGE + " bytes.");
    }
    return body;
  }

  private static Problem noSuchFile() {
    return new Problem(ApiError.ARTIFACT_NOT_FOUND, "There is no such file in this workspace.");
  }

  private static Problem notOffered(String method, String path) {
    String call = method + " " + path.replaceAll("[^A-Za-z0-9./_-]", "?");
    return new Problem(
        ApiError.MLFLOW_CALL_NOT_OFFERED,
        "The MLflow-compatible door does not offer "
            + call
            + "."
            + NotOffered.of(method, path).map(row -> " " + row.reason()).orElse(""));
  }

  private static Problem problem(EngineFailure failure) {
    Problem problem =
        switch (failure) {
          case EngineFailure.Refused _ ->
              new Problem(CommonError.ENGINE_MISBEHAVED, "mlflow refused a call of this service.");
          case EngineFailure.Misbehaved _ ->
              new Problem(CommonError.ENGINE_MISBEHAVED, "mlflow answered with an error.");
          case EngineFailure.Unavailable away ->
              new Problem(CommonError.ENGINE_UNAVAILABLE, "mlflow is away; try again shortly.")
                  .retryAfter(away.retryAfter().orElse(Duration.ofSeconds(5)));
          case EngineFailure.OutcomeUnknown _ ->
              new Problem(
                  CommonError.ENGINE_OUTCOME_UNKNOWN,
                  "mlflow did not answer; whether it acted is not known.");
        };
    return problem.with("engine", failure.engine());
  }
}
