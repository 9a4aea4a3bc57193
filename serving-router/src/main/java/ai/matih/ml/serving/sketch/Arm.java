package ai.matih.ml.serving.sketch;

import ai.matih.ml.serving.ModelId;

/**
 * Who answered: a version by its files, under the name of its share of the traffic.
 *
 * @param variant {@code pinned} where the caller named the version
 */
public record Arm(String tenant, ModelId model, long version, String digest, String variant) {

  /** The variant of calls that named their version. */
  public static final String PINNED = "pinned";
}
