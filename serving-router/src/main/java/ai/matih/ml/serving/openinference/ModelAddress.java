package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import java.util.Optional;

/**
 * Which model is meant.
 *
 * @param version the one that must answer; empty to follow the traffic
 */
public record ModelAddress(ModelId model, Optional<Long> version) {

  /** Digits of a version that a registry may have given out. */
  private static final int MAX_DIGITS = 18;

  /**
   * Reads names; what cannot be a model's or a version's is not served.
   *
   * @param version empty for none
   */
  public static ModelAddress of(String model, String version) {
    if (!ModelId.isWellFormed(model)) {
      throw new Problem(
          ServingError.MODEL_NOT_SERVED,
          "Model %s has no deployment here.".formatted(shown(model)));
    }
    if (version.isEmpty()) {
      return new ModelAddress(new ModelId(model), Optional.empty());
    }
    if (version.length() > MAX_DIGITS
        || version.chars().anyMatch(digit -> digit < '0' || digit > '9')) {
      throw new Problem(
          ServingError.VERSION_NOT_SERVED,
          "Version %s of %s has no ready deployment here.".formatted(shown(version), model));
    }
    return new ModelAddress(new ModelId(model), Optional.of(Long.parseLong(version)));
  }

  private static String shown(String name) {
    return name.length() > 64 ? name.substring(0, 64) + "…" : name;
  }

  /**
   * Reads {@code /v2/models/{model}} or {@code /v2/models/{model}/versions/{version}}, and more.
   */
  static ModelAddress of(String path) {
    String[] segments = path.split("/", -1);
    boolean pinned = segments.length > 5 && segments[4].equals("versions");
    return of(segments[3], pinned ? segments[5] : "");
  }
}
