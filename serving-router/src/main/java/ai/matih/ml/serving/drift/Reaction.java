package ai.matih.ml.serving.drift;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is done about a new alert, besides keeping it. */
public enum Reaction {
  /** Nothing more: it is listed, audited and logged. */
  LOG,
  /** The registry tells the tenant's webhooks when it opens and when it closes. */
  WEBHOOK,
  /** The same, and a training job is submitted. */
  RETRAIN;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Reaction> ofWire(String wire) {
    return Arrays.stream(values()).filter(reaction -> reaction.wireName().equals(wire)).findFirst();
  }

  public static List<String> names() {
    return Arrays.stream(values()).map(Reaction::wireName).toList();
  }
}
