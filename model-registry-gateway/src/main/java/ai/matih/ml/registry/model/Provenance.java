package ai.matih.ml.registry.model;

/** Who vouches for a version's metrics. */
public enum Provenance {
  /** The platform trained exactly these files and measured them. */
  PLATFORM_TRAINED,
  /** Whoever wrote the run says so. */
  SELF_REPORTED
}
