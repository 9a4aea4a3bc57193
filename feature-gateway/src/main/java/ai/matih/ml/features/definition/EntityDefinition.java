package ai.matih.ml.features.definition;

/** What features are about: one join key with its type. */
public record EntityDefinition(String name, String joinKey, FeatureType type, Labels labels) {

  /** Feast's stand-in for views that are about nothing in particular. */
  public static final String NOTHING = "__dummy";

  /** The join key of {@link #NOTHING}, whose only value is the empty string. */
  public static final String NOTHING_KEY = "__dummy_id";
}
