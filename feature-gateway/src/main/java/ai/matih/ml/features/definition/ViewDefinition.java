package ai.matih.ml.features.definition;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A group of features about the same entities.
 *
 * @param entities names; empty for a view about nothing in particular
 * @param joinKeys with their types, in the view's order
 * @param ttl how old a value may be; zero means any age
 * @param materializedUntil the latest event time that was carried into the online store
 */
public record ViewDefinition(
    String name,
    Kind kind,
    Optional<SourceDefinition> source,
    List<String> entities,
    List<JoinKey> joinKeys,
    List<Feature> features,
    Duration ttl,
    boolean online,
    Optional<String> pushSource,
    Labels labels,
    Optional<Instant> lastUpdated,
    Optional<Instant> materializedUntil) {

  /** How the values of a view come about. */
  public enum Kind {
    BATCH,
    STREAM,
    /** Computed by stored Python code at request time. */
    ON_DEMAND
  }

  /** One part of a view's key. */
  public record JoinKey(String name, FeatureType type) {}

  public ViewDefinition {
    entities = List.copyOf(entities);
    joinKeys = List.copyOf(joinKeys);
    features = List.copyOf(features);
  }

  public Optional<Feature> feature(String featureName) {
    return features.stream().filter(f -> f.name().equals(featureName)).findFirst();
  }
}
