package ai.matih.ml.local.suite;

import java.nio.file.Path;
import java.util.Locale;

/** The five services of the suite, in the order of their ports. */
public enum Service {
  ML_API("api", 0, 192, 64),
  TRAINING_ORCHESTRATOR("training", 1, 160, 24),
  MODEL_REGISTRY_GATEWAY("registry", 2, 128, 24),
  FEATURE_GATEWAY("features", 3, 192, 64),
  SERVING_ROUTER("serving", 4, 320, 64);

  private final String address;
  private final int place;
  private final int heapMegabytes;
  private final int nurseryMegabytes;

  Service(String address, int place, int heapMegabytes, int nurseryMegabytes) {
    this.address = address;
    this.place = place;
    this.heapMegabytes = heapMegabytes;
    this.nurseryMegabytes = nurseryMegabytes;
  }

  /** The module, the process and the signing key are called so. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The name in the state file; also the database role and, in upper case, the variable with its
   * URL.
   */
  public String address() {
    return address;
  }

  /** Its port's distance from the first one of the block. */
  int place() {
    return place;
  }

  int heapMegabytes() {
    return heapMegabytes;
  }

  /** The part of the heap for new objects; a small one is collected more often under load. */
  int nurseryMegabytes() {
    return nurseryMegabytes;
  }

  public Path jar(Path root) {
    return root.resolve(wire()).resolve("target").resolve(wire() + ".jar");
  }
}
