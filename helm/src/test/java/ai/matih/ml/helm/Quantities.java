package ai.matih.ml.helm;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Amounts of memory as Kubernetes writes them. */
final class Quantities {

  private static final Map<String, Long> UNITS =
      Map.of("Ki", 1L << 10, "Mi", 1L << 20, "Gi", 1L << 30, "Ti", 1L << 40);

  private Quantities() {}

  static long bytes(JsonNode quantity) {
    String text = quantity.asString("");
    String unit = text.substring(Math.max(0, text.length() - 2));
    return Long.parseLong(text.substring(0, text.length() - 2))
        * java.util.Objects.requireNonNull(UNITS.get(unit), text);
  }
}
