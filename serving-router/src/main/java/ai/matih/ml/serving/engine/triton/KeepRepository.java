package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.Placement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Triton have the models that are wanted, and none of ours besides. Repeatable: it asks for
 * each model and loads what is not there, for whatever reason: a deployment came, Triton began
 * anew, somebody unloaded it.
 */
final class KeepRepository {

  private static final Logger log = LoggerFactory.getLogger(KeepRepository.class);

  /** What failed may succeed later: memory is free again, a package was installed. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

  private final InferenceServer server;
  private final Bundles bundles;
  private final TritonSettings settings;
  private final Supplier<List<Placement>> wanted;
  private final KnownModels known;
  private final Clock clock;
  private final Map<String, Instant> failedAt = new HashMap<>();

  KeepRepository(
      InferenceServer server,
      Bundles bundles,
      TritonSettings settings,
      Supplier<List<Placement>> wanted,
      KnownModels known,
      Clock clock) {
    this.server = server;
    this.bundles = bundles;
    this.settings = settings;
    this.wanted = wanted;
    this.known = known;
    this.clock = clock;
  }

  /**
   * One pass.
   *
   * @param mayWrite throws when another router may keep the repository by now; asked before each
   *     change
   * @throws EngineFailure when the server is away; the next pass goes on
   */
  void pass(Runnable mayWrite) {
    Map<String, Placement> placements = new LinkedHashMap<>();
    wanted.get().forEach(placement -> placements.put(RepositoryModel.nameOf(placement), placement));
    Map<String, String> models = new TreeMap<>(known.read());
    // Where nobody wants it, Triton is not asked.
    if ((placements.isEmpty() && models.isEmpty()) || !server.hasRepository()) {
      return;
    }
    for (String name : List.copyOf(models.keySet())) {
      if (!placements.containsKey(name)) {
        mayWrite.run();
        server.unload(name);
        models.remove(name);
        known.write(models);
        failedAt.remove(name);
        log.info("Triton was told to unload {}", name);
      }
    }
    placements.forEach(
        (name, placement) -> {
          if (!isWaiting(name) && !server.isReady(name)) {
            mayWrite.run();
            load(placement, name, models);
          }
        });
  }

  private boolean isWaiting(String name) {
    Instant failed = failedAt.get(name);
    return failed != null && clock.instant().isBefore(failed.plus(TRY_AGAIN));
  }

  /** One model that cannot be loaded is not the others' trouble; its deployment says why. */
  private void load(Placement placement, String name, Map<String, String> models) {
    // Known first, so that one which was loaded and forgotten does not stay for ever.
    if (!models.containsKey(name)) {
      models.put(name, "");
      known.write(models);
    }
    String failure = "";
    try {
      RepositoryModel model =
          RepositoryModel.of(placement, bundles.open(placement.artifact()), settings);
      server.load(name, model.config(), model.files());
      failedAt.remove(name);
      log.info("Triton has loaded {}", name);
    } catch (LoadingFailed e) {
      failure = e.reason();
    } catch (BundleRefused e) {
      failure = e.reason();
    }
    if (!failure.isEmpty()) {
      failedAt.put(name, clock.instant());
      log.warn("Triton could not load {}: {}", name, failure);
    }
    if (!failure.equals(models.put(name, failure))) {
      known.write(models);
    }
  }
}
