package ai.matih.ml.serving.routing;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.DeploymentState;
import ai.matih.ml.serving.deployment.OwnedDeployment;
import ai.matih.ml.serving.deployment.RouterReports.LoadState;
import ai.matih.ml.serving.engine.EngineNotReady;
import ai.matih.ml.serving.observation.TargetCounts;
import ai.matih.ml.serving.routing.RouterStatus.Acknowledgement;
import ai.matih.ml.serving.routing.RouterStatus.DeploymentStatus;
import ai.matih.ml.serving.traffic.OwnedTraffic;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.TrafficDocument;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this router serve a plan: loads what is missing, swaps the snapshot when everything that
 * gets traffic is loaded, retires what is out of it. A traffic revision whose targets are not all
 * here yet waits, and the one before it goes on. Used by one thread; only loading happens
 * elsewhere.
 */
final class FollowPlan {

  private static final Logger log = LoggerFactory.getLogger(FollowPlan.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Router router;
  private final ModelLoader loader;
  private final ExecutorService loading;
  private final WakeUp wakeUp;
  private final Clock clock;
  private final Map<String, LocalDeployment> local = new HashMap<>();
  private final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private boolean complete;

  /**
   * @param loading runs loads, a few at a time
   */
  FollowPlan(
      Router router, ModelLoader loader, ExecutorService loading, WakeUp wakeUp, Clock clock) {
    this.router = router;
    this.loader = loader;
    this.loading = loading;
    this.wakeUp = wakeUp;
    this.clock = clock;
  }

  /** One deployment of the plan and how far this router has it. */
  private static final class LocalDeployment {
    private final Tenant tenant;
    private Deployment deployment;
    private LoadState loadState = LoadState.LOADING;
    private @Nullable LiveModel live;
    private @Nullable String failure;
    private @Nullable Instant retryAt;

    LocalDeployment(OwnedDeployment owned) {
      this.tenant = owned.tenant();
      this.deployment = owned.deployment();
    }
  }

  /** What a load came to; the model or the reason why there is none. */
  private record Outcome(
      String deploymentId, @Nullable LiveModel model, @Nullable String failure, boolean settled) {}

  /** One pass. Calling it again with the same plan changes nothing once everything is loaded. */
  void follow(Plan plan) {
    takeOutcomes();
    load(plan);
    Snapshot next = snapshot(plan);
    router.swap(next);
    retireWhatIsOut(plan);
  }

  /** Whether the last plan is served as a whole: nothing is loading, failed or waiting. */
  boolean isComplete() {
    return complete;
  }

  private void takeOutcomes() {
    for (Outcome outcome = outcomes.poll(); outcome != null; outcome = outcomes.poll()) {
      LocalDeployment entry = local.get(outcome.deploymentId());
      if (entry == null || entry.loadState != LoadState.LOADING) {
        if (outcome.model() != null) {
          outcome.model().retire();
        }
        continue;
      }
      if (outcome.model() != null) {
        entry.live = outcome.model();
        entry.loadState = LoadState.LOADED;
        entry.failure = null;
        log.info(
            "loaded version {} of {} ({})",
            entry.deployment.version(),
            entry.deployment.model(),
            entry.deployment.artifact().digest());
      } else {
        entry.failure = outcome.failure();
        entry.loadState = outcome.settled() ? LoadState.FAILED : LoadState.LOADING;
        entry.retryAt = clock.instant().plus(RETRY);
        log.warn(
            "cannot load version {} of {}: {}",
            entry.deployment.version(),
            entry.deployment.model(),
            outcome.failure());
      }
    }
  }

  private void load(Plan plan) {
    Instant now = clock.instant();
    for (OwnedDeployment owned : plan.deployments()) {
      Deployment wanted = owned.deployment();
      LocalDeployment entry = local.get(wanted.id());
      if (entry == null) {
        entry = new LocalDeployment(owned);
        local.put(wanted.id(), entry);
        if (isToBeLoaded(wanted)) {
          load(owned);
        } else {
          entry.loadState = LoadState.RETIRED;
        }
      }
      entry.deployment = wanted;
      boolean again = entry.retryAt != null && !entry.retryAt.isAfter(now);
      if (again && isToBeLoaded(wanted) && entry.live == null) {
        entry.retryAt = null;
        entry.loadState = LoadState.LOADING;
        load(owned);
      }
    }
  }

  private static boolean isToBeLoaded(Deployment deployment) {
    return deployment.state() == DeploymentState.LOADING
        || deployment.state() == DeploymentState.READY;
  }

  private void load(OwnedDeployment owned) {
    loading.execute(
        () -> {
          outcomes.add(outcome(owned));
          wakeUp.wake();
        });
  }

  private Outcome outcome(OwnedDeployment owned) {
    Deployment deployment = owned.deployment();
    try {
      return new Outcome(deployment.id(), loader.load(owned), null, true);
    } catch (BundleRefused e) {
      return new Outcome(deployment.id(), null, e.reason(), true);
    } catch (Problem e) {
      return new Outcome(deployment.id(), null, e.getMessage(), true);
    } catch (EngineNotReady e) {
      return new Outcome(deployment.id(), null, e.reason(), false);
    } catch (EngineFailure away) {
      log.warn("the bundle of {} cannot be fetched: {}", deployment.id(), away.toString());
      return new Outcome(deployment.id(), null, "The bundle could not be fetched.", false);
    } catch (RuntimeException e) {
      log.warn("loading {} broke", deployment.id(), e);
      return new Outcome(
          deployment.id(), null, "Loading broke in the router; its log has the reason.", false);
    } catch (OutOfMemoryError e) {
      return new Outcome(deployment.id(), null, "The router has no memory for the model.", true);
    }
  }

  private Snapshot snapshot(Plan plan) {
    Map<Snapshot.Key, Map<Long, ServedVersion>> ready = new HashMap<>();
    boolean everything = true;
    for (OwnedDeployment owned : plan.deployments()) {
      Deployment deployment = owned.deployment();
      LocalDeployment entry = local.get(deployment.id());
      LiveModel live = entry == null ? null : entry.live;
      // Pinned calls are answered before the deployment is called ready, never after.
      if (isToBeLoaded(deployment)) {
        if (live == null) {
          everything &= deployment.state() == DeploymentState.LOADING;
        } else {
          Snapshot.Key key = new Snapshot.Key(owned.tenant(), deployment.model());
          ready
              .computeIfAbsent(key, _ -> new HashMap<>())
              .put(
                  deployment.version(),
                  new ServedVersion(
                      deployment.version(),
                      deployment.id(),
                      deployment.stage(),
                      deployment.inputs(),
                      live));
        }
      }
    }
    Map<Snapshot.Key, TrafficDocument> traffic = new HashMap<>();
    for (OwnedTraffic owned : plan.traffic()) {
      traffic.put(new Snapshot.Key(owned.tenant(), owned.document().model()), owned.document());
    }
    Set<Snapshot.Key> keys = new HashSet<>(ready.keySet());
    keys.addAll(traffic.keySet());
    Map<Snapshot.Key, Route> routes = new HashMap<>();
    for (Snapshot.Key key : keys) {
      Map<Long, ServedVersion> versions = ready.getOrDefault(key, Map.of());
      Route before = router.snapshot().route(key);
      Optional<Route> wanted = route(traffic.get(key), versions);
      everything &= wanted.isPresent();
      Route route = wanted.orElse(before != null && before.isOpen() ? before : null);
      if (route != null) {
        // The same object where nothing changed, so that requests under way do not choose again.
        routes.put(key, before != null && route.sameAs(before) ? before : route);
      }
    }
    complete = everything;
    return new Snapshot(routes);
  }

  /** A route for the document, unless somebody who gets traffic is not loaded here. */
  private static Optional<Route> route(
      @Nullable TrafficDocument traffic, Map<Long, ServedVersion> versions) {
    List<ServedVersion> targets = new ArrayList<>();
    if (traffic != null) {
      for (Target target : Route.weighted(traffic)) {
        ServedVersion served = versions.get(target.version());
        if (served == null) {
          return Optional.empty();
        }
        targets.add(served);
      }
    }
    return Optional.of(new Route(traffic, targets, versions));
  }

  private void retireWhatIsOut(Plan plan) {
    Set<String> planned = new HashSet<>();
    for (OwnedDeployment owned : plan.deployments()) {
      planned.add(owned.deployment().id());
    }
    local
        .values()
        .removeIf(
            entry -> {
              boolean out = !planned.contains(entry.deployment.id());
              if (out || !isToBeLoaded(entry.deployment)) {
                entry.loadState = LoadState.RETIRED;
                if (entry.live != null) {
                  entry.live.retire();
                }
              }
              return out;
            });
  }

  /** The status of each deployment of the plan on this router. */
  List<DeploymentStatus> deploymentStatuses(Function<String, Optional<TargetCounts>> counts) {
    return local.values().stream()
        .map(
            entry -> {
              LiveModel live = entry.live;
              return new DeploymentStatus(
                  entry.tenant,
                  entry.deployment.model(),
                  entry.deployment.id(),
                  entry.loadState,
                  Optional.ofNullable(entry.failure),
                  live == null ? 0 : live.inFlight(),
                  live == null || live.lastEnteredMillis() == 0
                      ? Optional.empty()
                      : Optional.of(Instant.ofEpochMilli(live.lastEnteredMillis())),
                  counts.apply(entry.deployment.id()));
            })
        .toList();
  }

  List<Acknowledgement> acknowledgements() {
    List<Acknowledgement> result = new ArrayList<>();
    router
        .snapshot()
        .routes()
        .forEach(
            (key, route) -> {
              if (route.traffic() != null) {
                result.add(new Acknowledgement(key.tenant(), key.model(), route.revision()));
              }
            });
    return result;
  }

  /** Closes everything; calls under way finish first. */
  void close() {
    router.swap(Snapshot.EMPTY);
    for (LocalDeployment entry : local.values()) {
      if (entry.live != null) {
        entry.live.retire();
      }
    }
    local.clear();
  }
}
