package ai.matih.ml.training.algorithm;

import java.util.Locale;

/** What is learned. */
public enum Task {
  CLASSIFICATION,
  REGRESSION;

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
