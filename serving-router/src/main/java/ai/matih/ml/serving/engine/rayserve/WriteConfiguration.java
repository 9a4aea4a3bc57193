package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.engine.Placement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    List<Placement> placements = wanted.get();
    // Where nobody wants it, Serve is neither started nor asked.
    if (placements.isEmpty() && !memory.started()) {
      return;
    }
    ServeStatus now = ray.status();
    if (placements.isEmpty() && now.applications().isEmpty()) {
      mayWrite.run();
      ray.shutDown();
      memory.started(false);
      log.info("Ray Serve has no application any more and was ended");
      return;
    }
    Map<String, Map<String, Object>> ours = new LinkedHashMap<>();
    for (Placement placement : placements) {
      ServeApplication application =
          ServeApplication.of(placement, packages.codeDigest(), settings);
      configuration(application, placement, now)
          .ifPresent(configuration -> ours.put(application.name(), configuration));
    }
    if (now.has(ours)) {
      return;
    }
    memory.started(true);
    Collection<Map<String, Object>> all = new ArrayList<>(now.ofOthers().values());
    all.addAll(ours.values());
    mayWrite.run();
    ray.apply(all);
    log.info("Ray Serve was told to run {}", ours.keySet());
  }

  /**
   * What Ray Serve is to be told about one application. The files of what runs are not asked for: a
   * store that is away, or a bundle that was damaged since, must not end it. One that cannot be
   * packed is not the others' trouble either; its loading says why.
   */
  private Optional<Map<String, Object>> configuration(
      ServeApplication application, Placement placement, ServeStatus now) {
    if (now.runs(application)) {
      return Optional.of(application.configuration());
    }
    try {
      ray.ensurePackage(application.codePackage(), () -> packages.of(placement.artifact()));
      return Optional.of(application.configuration());
    } catch (BundleRefused refused) {
      log.warn("{} cannot be packed for Ray Serve: {}", application, refused.reason());
      return now.find(application.name())
          .filter(ServeStatus.Application::isRunning)
          .map(ServeStatus.Application::configuration);
    }
  }
}
