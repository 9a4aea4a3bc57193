package ai.matih.ml.serving.deployment.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.abtest.AbTestDesign;
import ai.matih.ml.serving.abtest.AbTestDesignForm;
import ai.matih.ml.serving.deployment.DeployVersion;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.DeploymentRequest;
import ai.matih.ml.serving.deployment.DeploymentState;
import ai.matih.ml.serving.deployment.Deployments;
import ai.matih.ml.serving.deployment.HostingChange;
import ai.matih.ml.serving.deployment.HostingChange.Replicas;
import ai.matih.ml.serving.deployment.HostingChange.Resources;
import ai.matih.ml.serving.deployment.InputChange;
import ai.matih.ml.serving.deployment.InputRules;
import ai.matih.ml.serving.deployment.OnAbsent;
import ai.matih.ml.serving.deployment.StopDeployment;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Engines;
import ai.matih.ml.serving.rollout.RolloutDesign;
import ai.matih.ml.serving.rollout.RolloutDesignForm;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.traffic.Weight;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Versions on their models' endpoints. */
@RestController
@RequestMapping("/api/v1/ml")
class DeploymentController {

  private static final String SHADOW = "shadow";
  private static final int MOST_REPLICAS = 100;
  private static final int MOST_REQUESTS = 1_000;

  private final DeployVersion deploy;
  private final StopDeployment stop;
  private final Deployments deployments;
  private final DeploymentViews views;
  private final Engines engines;

  DeploymentController(
      DeployVersion deploy,
      StopDeployment stop,
      Deployments deployments,
      DeploymentViews views,
      Engines engines) {
    this.deploy = deploy;
    this.stop = stop;
    this.deployments = deployments;
    this.views = views;
    this.engines = engines;
  }

  /**
   * What to deploy.
   *
   * @param engine what computes the answers; left out, the engine that the version is deployed on,
   *     or {@code onnx}
   * @param replicas how many copies an engine that starts them runs; left out, those that the
   *     deployment has, or one
   * @param resources of one copy
   * @param traffic left out, the version answers pinned calls only
   * @param inputs left out, the rules that the deployment has stay, or the default ones
   */
  record DeployRequest(
      @NotNull(message = "is required") @Min(1) Long version,
      @Nullable String engine,
      @Nullable @Valid DeployReplicasRequest replicas,
      @Nullable @Valid DeployResourcesRequest resources,
      @Nullable @Valid DeployTrafficRequest traffic,
      @Nullable @Valid DeployInputsRequest inputs) {}

  /**
   * How many copies of the model there are.
   *
   * @param min how many there always are
   * @param max how many there are under load; left out, as many as {@code min}
   * @param targetOngoingRequests calls that one copy answers at once before another one is started;
   *     left out, the engine's own number
   */
  record DeployReplicasRequest(
      @NotNull(message = "is required") @Min(1) @Max(MOST_REPLICAS) Integer min,
      @Nullable @Min(1) @Max(MOST_REPLICAS) Integer max,
      @Nullable @Min(1) @Max(MOST_REQUESTS) Integer targetOngoingRequests) {}

  /**
   * What one copy of the model reserves.
   *
   * @param cpus processors, or a part of one; left out, the engine's own number
   * @param gpus graphics processors, or a part of one; left out, none
   * @param memoryBytes left out, none in particular
   */
  record DeployResourcesRequest(
      @Nullable @DecimalMin("0.01") @DecimalMax("256") Double cpus,
      @Nullable @DecimalMin("0") @DecimalMax("64") Double gpus,
      @Nullable @Min(1 << 20) @Max(1L << 50) Long memoryBytes) {}

  /**
   * What the deployment does with inputs that it does not get.
   *
   * @param onAbsent {@code serve} a row for which the feature store has no usable value of a
   *     feature, and say so in the answer; or {@code fail}, whatever a request asks for
   * @param defaults the value of an input that a request leaves out, by name; null leaves it
   *     missing, where it may be
   */
  record DeployInputsRequest(
      @Nullable
          @Schema(
              allowableValues = {"serve", "fail"},
              defaultValue = "serve")
          String onAbsent,
      @Nullable Map<String, @Nullable Object> defaults) {}

  /**
   * How it enters the traffic.
   *
   * @param strategy {@code direct}, {@code canary}, {@code ab_test}, {@code shadow} or {@code none}
   * @param weightBps the share of a canary or of a challenger, in basis points
   * @param rollout the steps of a canary that takes them by itself, in the place of one share
   * @param abTest the design of the test that {@code ab_test} asks for
   * @param sampleBps the share of the units whose requests a shadow gets copies of, in basis
   *     points; left out, of all
   */
  record DeployTrafficRequest(
      @NotNull(message = "is required") String strategy,
      @Nullable @Min(1) @Max(10_000) Integer weightBps,
      @Nullable RolloutDesignForm rollout,
      @Nullable AbTestDesignForm abTest,
      @Nullable @Min(1) @Max(10_000) Integer sampleBps) {}

  @PostMapping("/models/{id}/deploy")
  @Allow(Permission.DEPLOYMENTS_WRITE)
  @Idempotent(outside = true)
  @Answers(202)
  ResponseEntity<DeploymentView> deploy(
      @PathVariable String id, @Valid @RequestBody DeployRequest request, Caller caller) {
    ModelId model = model(id);
    RolloutPlan plan = plan(request.traffic());
    Deployment deployment =
        deploy.deploy(
            new DeploymentRequest(
                model,
                request.version(),
                engine(request.engine()),
                hosting(request.replicas(), request.resources()),
                plan,
                inputs(request.inputs()),
                design(request.traffic(), plan),
                rollout(request.traffic()),
                shadow(request.traffic())),
            caller.actor());
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/ml/deployments/" + deployment.id()))
        .body(views.of(deployment));
  }

  @GetMapping("/deployments")
  @Allow(Permission.DEPLOYMENTS_READ)
  Page<DeploymentView> list(
      @RequestParam(name = "model_id", required = false) @Nullable String modelId,
      @RequestParam(name = "status", required = false) @Nullable String status,
      PageRequest page) {
    Deployments.Filter filter =
        new Deployments.Filter(
            Optional.ofNullable(modelId).map(DeploymentController::model),
            Optional.ofNullable(status).map(DeploymentController::state));
    return Page.cut(
            deployments.list(filter, page.after(id -> id), page.limit()),
            page,
            deployment -> PageToken.of(deployment.id()))
        .map(views::of);
  }

  @GetMapping("/deployments/{id}")
  @Allow(Permission.DEPLOYMENTS_READ)
  DeploymentView get(@PathVariable String id) {
    return views.of(
        deployments
            .find(id)
            .orElseThrow(
                () ->
                    new Problem(ServingError.DEPLOYMENT_NOT_FOUND, "There is no such deployment.")
                        .with("deployment_id", id)));
  }

  @DeleteMapping("/deployments/{id}")
  @Allow(Permission.DEPLOYMENTS_WRITE)
  @Answers(202)
  ResponseEntity<DeploymentView> delete(@PathVariable String id, Caller caller) {
    Deployment ended = stop.stop(id, caller.actor(), "Deleted by " + caller.actor() + ".");
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/ml/deployments/" + ended.id()))
        .body(views.of(ended));
  }

  private Optional<EngineName> engine(@Nullable String name) {
    if (name == null) {
      return Optional.empty();
    }
    if (!EngineName.isWellFormed(name)) {
      throw Problem.invalid("engine", "must be the name of an engine");
    }
    return Optional.of(engines.require(new EngineName(name)).name());
  }

  private static HostingChange hosting(
      @Nullable DeployReplicasRequest replicas, @Nullable DeployResourcesRequest resources) {
    return new HostingChange(
        Optional.ofNullable(replicas).map(DeploymentController::replicas),
        Optional.ofNullable(resources).map(DeploymentController::resources));
  }

  private static Replicas replicas(DeployReplicasRequest request) {
    @Nullable Integer max = request.max();
    if (max != null && max < request.min()) {
      throw Problem.invalid("replicas.max", "must not be below replicas.min");
    }
    return new Replicas(
        request.min(),
        max == null ? request.min() : max,
        Optional.ofNullable(request.targetOngoingRequests()));
  }

  private static Resources resources(DeployResourcesRequest request) {
    @Nullable Double gpus = request.gpus();
    return new Resources(
        Optional.ofNullable(request.cpus()),
        gpus == null ? 0 : gpus,
        Optional.ofNullable(request.memoryBytes()));
  }

  private static Optional<InputRules> inputs(@Nullable DeployInputsRequest inputs) {
    if (inputs == null) {
      return Optional.empty();
    }
    OnAbsent onAbsent =
        inputs.onAbsent() == null
            ? OnAbsent.SERVE
            : OnAbsent.ofWire(inputs.onAbsent())
                .orElseThrow(() -> Problem.invalid("inputs.on_absent", "must be serve or fail"));
    return Optional.of(
        new InputRules(
            onAbsent, inputs.defaults() == null ? Map.of() : inputs.defaults(), InputChange.NONE));
  }

  private static RolloutPlan plan(@Nullable DeployTrafficRequest traffic) {
    if (traffic == null) {
      return RolloutPlan.NONE;
    }
    @Nullable Integer weight = traffic.weightBps();
    return switch (traffic.strategy().toLowerCase(Locale.ROOT)) {
      case "direct" -> {
        if (weight != null && weight != Weight.ALL_BPS) {
          throw Problem.invalid("traffic.weight_bps", "is 10000 for direct, or left out");
        }
        yield RolloutPlan.DIRECT;
      }
      case "canary" -> {
        if (traffic.rollout() != null) {
          if (weight != null) {
            throw Problem.invalid(
                "traffic.weight_bps", "does not go with traffic.rollout, whose steps have weights");
          }
          yield RolloutPlan.GRADUAL;
        }
        if (weight == null || weight == Weight.ALL_BPS) {
          throw Problem.invalid(
              "traffic.weight_bps",
              "is required for a canary without traffic.rollout, from 1 to 9999 basis points");
        }
        yield RolloutPlan.canary(new Weight(weight));
      }
      case "none", SHADOW -> {
        if (weight != null) {
          throw Problem.invalid("traffic.weight_bps", "does not go with none or shadow");
        }
        yield RolloutPlan.NONE;
      }
      case "ab_test" -> {
        if (weight == null || weight == Weight.ALL_BPS) {
          throw Problem.invalid(
              "traffic.weight_bps", "is required for a challenger, from 1 to 9999 basis points");
        }
        yield RolloutPlan.AB_TEST;
      }
      default ->
          throw Problem.invalid(
              "traffic.strategy", "must be one of direct, canary, ab_test, shadow, none");
    };
  }

  private static Optional<AbTestDesign> design(
      @Nullable DeployTrafficRequest traffic, RolloutPlan plan) {
    @Nullable AbTestDesignForm form = traffic == null ? null : traffic.abTest();
    @Nullable Integer weight = traffic == null ? null : traffic.weightBps();
    if (plan.strategy() == Strategy.AB_TEST && weight != null) {
      AbTestDesignForm given = form == null ? AbTestDesignForm.DEFAULTS : form;
      return Optional.of(given.design(weight, "traffic.ab_test."));
    }
    if (form != null) {
      throw Problem.invalid("traffic.ab_test", "goes with the strategy ab_test only");
    }
    return Optional.empty();
  }

  private static Optional<RolloutDesign> rollout(@Nullable DeployTrafficRequest traffic) {
    @Nullable RolloutDesignForm form = traffic == null ? null : traffic.rollout();
    if (traffic == null || form == null) {
      return Optional.empty();
    }
    if (!traffic.strategy().toLowerCase(Locale.ROOT).equals("canary")) {
      throw Problem.invalid("traffic.rollout", "goes with the strategy canary only");
    }
    return Optional.of(form.design("traffic.rollout."));
  }

  private static Optional<Weight> shadow(@Nullable DeployTrafficRequest traffic) {
    boolean asked = traffic != null && traffic.strategy().toLowerCase(Locale.ROOT).equals(SHADOW);
    @Nullable Integer sample = traffic == null ? null : traffic.sampleBps();
    if (sample != null && !asked) {
      throw Problem.invalid("traffic.sample_bps", "goes with the strategy shadow only");
    }
    return asked
        ? Optional.of(new Weight(sample == null ? Weight.ALL_BPS : sample))
        : Optional.empty();
  }

  private static ModelId model(String id) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("model_id", "must be a model's id");
    }
    return new ModelId(id);
  }

  private static DeploymentState state(String wire) {
    try {
      return DeploymentState.ofWire(wire);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(
          "status", "must be one of pending, loading, ready, draining, stopped, failed");
    }
  }
}
