package ai.matih.ml.features.definition;

import java.util.Optional;

/** One feature of one view, written {@code view:feature}. */
public record FeatureReference(String view, String feature) {

  public static Optional<FeatureReference> parse(String written) {
    int colon = written.indexOf(':');
    if (colon <= 0 || colon == written.length() - 1 || written.indexOf(':', colon + 1) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new FeatureReference(written.substring(0, colon), written.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return view + ":" + feature;
  }
}
