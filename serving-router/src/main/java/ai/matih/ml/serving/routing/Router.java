package ai.matih.ml.serving.routing;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.ChosenTarget;
import ai.matih.ml.serving.traffic.TestArm;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who answers. Reads one volatile snapshot, takes no lock and makes no call; a snapshot
 * that is swapped while a request chooses makes it choose again, so that no request reaches a model
 * that was taken out before it began.
 */
public final class Router {

  /** A swap between choosing and entering is rare, two in a row rarer; this many mean a fault. */
  private static final int ATTEMPTS = 1_000;

  private final PinnedCallers pinnedCallers;
  private final Clock clock;
  private volatile Snapshot snapshot = Snapshot.EMPTY;

  public Router(PinnedCallers pinnedCallers, Clock clock) {
    this.pinnedCallers = pinnedCallers;
    this.clock = clock;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  void swap(Snapshot next) {
    snapshot = next;
  }

  /**
   * The target that the traffic gives to this unit; the same one until the weights move its bucket.
   */
  public RoutedModel assigned(Tenant tenant, ModelId model, String unit) {
    return enter(
        tenant,
        model,
        route -> {
          Assignment assignment = assignment(route, model);
          long hash = assignment.hash(unit);
          int bucket = Assignment.bucketOf(hash);
          int target = assignment.target(bucket);
          ServedVersion served = route.target(target);
          return new Choice(
              served, route.inputs(served), route.variant(target), bucket, hash, route.arm(target));
        });
  }

  /**
   * The version that the caller names. Marked as pinned and remembered, for whoever wants to retire
   * it.
   */
  public RoutedModel pinned(Tenant tenant, ModelId model, long version, String principal) {
    RoutedModel routed =
        enter(
            tenant,
            model,
            route -> {
              ServedVersion served = named(route, model, version);
              return new Choice(served, route.inputs(served).pinned(), "pinned", -1, 0, null);
            });
    pinnedCallers.seen(tenant, model, version, principal, clock.instant());
    return routed;
  }

  /**
   * A version that is asked beside the one that answered. Nobody calls it so, and it is as unused
   * as before; null when it is not here.
   */
  public @Nullable RoutedModel shadow(Tenant tenant, ModelId model, long version) {
    Route route = snapshot.route(new Snapshot.Key(tenant, model));
    if (route == null) {
      return null;
    }
    ServedVersion served =
        route.version(version).filter(s -> s.stage() != Stage.ARCHIVED).orElse(null);
    return served == null || !served.live().enter()
        ? null
        : routed(route, new Choice(served, route.inputs(served), "shadow", -1, 0, null));
  }

  /**
   * What a model looks like to callers, without using it: the version that gets the largest part of
   * its traffic, or the one that the caller names.
   *
   * @param versions all that a call may name
   */
  public record Outline(Signature signature, long version, List<Long> versions) {}

  /** The outline of a model that could be asked now. */
  public Outline outline(Tenant tenant, ModelId model, Optional<Long> version) {
    Route route = route(new Snapshot.Key(tenant, model));
    ServedVersion served =
        version.isPresent() ? named(route, model, version.get()) : leading(route, model);
    return new Outline(served.live().model().signature(), served.version(), route.versionsToName());
  }

  private record Choice(
      ServedVersion served,
      AcceptedInputs inputs,
      String variant,
      int bucket,
      long unit,
      @Nullable TestArm arm) {}

  private RoutedModel enter(Tenant tenant, ModelId model, Function<Route, Choice> choose) {
    Snapshot.Key key = new Snapshot.Key(tenant, model);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Route route = route(key);
      Choice choice = choose.apply(route);
      LiveModel live = choice.served().live();
      if (!live.enter()) {
        Thread.onSpinWait();
        continue;
      }
      // Entered first, looked again second: whoever swapped in between sees either our entry or us
      // leaving.
      if (snapshot.route(key) != route) {
        live.leave();
        continue;
      }
      live.used(clock.millis());
      return routed(route, choice);
    }
    throw new Problem(ServingError.NOT_READY, "The model is being replaced; try again.")
        .retryAfter(Duration.ofSeconds(1));
  }

  /** Once its model was entered. */
  private static RoutedModel routed(Route route, Choice choice) {
    LiveModel live = choice.served().live();
    return new RoutedModel(
        new ChosenTarget(
            choice.served().version(),
            choice.served().deploymentId(),
            choice.served().stage(),
            choice.variant(),
            route.revision(),
            choice.bucket(),
            choice.unit(),
            choice.arm()),
        choice.inputs(),
        live.model(),
        live.limit(),
        live.isQuick(),
        live::leave);
  }

  private Route route(Snapshot.Key key) {
    Route route = snapshot.route(key);
    if (route == null) {
      throw new Problem(
              ServingError.MODEL_NOT_SERVED,
              "Model %s has no deployment that is ready here.".formatted(key.model()))
          .with("model_id", key.model().value());
    }
    return route;
  }

  private static Assignment assignment(Route route, ModelId model) {
    Assignment assignment = route.assignment();
    if (assignment == null) {
      throw new Problem(
              ServingError.NO_TRAFFIC,
              "No version of %s gets traffic; deploy one or PUT its traffic, or pin a version with options.version."
                  .formatted(model))
          .with("model_id", model.value());
    }
    return assignment;
  }

  private static ServedVersion leading(Route route, ModelId model) {
    var _ = assignment(route, model);
    return route.target(route.largest());
  }

  private static ServedVersion named(Route route, ModelId model, long version) {
    return route
        .version(version)
        .filter(served -> served.stage() != Stage.ARCHIVED)
        .orElseThrow(
            () ->
                new Problem(
                        ServingError.VERSION_NOT_SERVED,
                        "Version %d of %s has no ready deployment here.".formatted(version, model))
                    .with("model_id", model.value())
                    .with("version", version));
  }
}
