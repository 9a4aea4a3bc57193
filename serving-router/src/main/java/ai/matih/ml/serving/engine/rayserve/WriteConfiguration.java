package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Ray Serve run what is wanted, and nothing else of ours. Repeatable: it compares, and sends
 * the whole configuration when something differs, for whatever reason: a deployment came or went,
 * the cluster began anew, somebody sent another configuration.
 */
final class WriteConfiguration {

  private static final Logger log = LoggerFactory.getLogger(WriteConfiguration.class);

  private final RayServe ray;
  private final ServePackage packages;
  private final RayServeSettings settings;
  private final Supplier<List<Placement>> wanted;
  private final ServeMemory memory;

  WriteConfiguration(
      RayServe ray,
      ServePackage packages,
      RayServeSettings settings,
      Supplier<List<Placement>> wanted,
      ServeMemory memory) {
    this.ray = ray;
    this.packages = packages;
    this.settings = settings;
    this.wanted = wanted;
    this.memory = memory;
  }

  /**
   * One pass.
   *
   * @param mayWrite throws when another router may be the writer by now; asked before each change
   * @throws EngineFailure when the cluster is away; the next pass goes on
   */
  void pass(Runnable mayWrite) {
    Map<String, Placement> placements = new LinkedHashMap<>();
    Map<String, ServeApplication> applications = new LinkedHashMap<>();
    for (Placement placement : wanted.get()) {
      ServeApplication application =
          ServeApplication.of(placement, packages.codeDigest(), settings);
      placements.put(application.name(), placement);
      applications.put(application.name(), application);
    }
    // Where nobody wants it, Serve is neither started nor asked.
    if (applications.isEmpty() && !memory.started()) {
      return;
    }
    ServeStatus now = ray.status();
    if (applications.isEmpty() && now.applications().isEmpty()) {
      mayWrite.run();
      ray.shutDown();
      memory.started(false);
      log.info("Ray Serve has no application any more and was ended");
      return;
    }
    applications.values().removeIf(application -> !hasPackage(application, placements));
    if (now.has(applications)) {
      return;
    }
    memory.started(true);
    Collection<Map<String, Object>> all = new ArrayList<>(now.ofOthers().values());
    applications.values().forEach(application -> all.add(application.configuration()));
    mayWrite.run();
    ray.apply(all);
    log.info("Ray Serve was told to run {}", applications.keySet());
  }

  /** One bundle that cannot be packed is not the others' trouble; its loading says why. */
  private boolean hasPackage(ServeApplication application, Map<String, Placement> placements) {
    Placement placement = placements.get(application.name());
    if (placement == null) {
      return false;
    }
    try {
      ray.ensurePackage(application.codePackage(), () -> packages.of(placement.artifact()));
      return true;
    } catch (BundleRefused refused) {
      log.warn("{} cannot be packed for Ray Serve: {}", application, refused.reason());
      return false;
    }
  }
}
