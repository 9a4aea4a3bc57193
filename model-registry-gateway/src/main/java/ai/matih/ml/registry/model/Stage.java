package ai.matih.ml.registry.model;

import java.util.Locale;

/** How far a version has come. */
public enum Stage {
  DEVELOPMENT,
  STAGING,
  PRODUCTION,
  ARCHIVED;

  /** As callers write it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As people read it. */
  public String title() {
    return name().charAt(0) + wire().substring(1);
  }
}
