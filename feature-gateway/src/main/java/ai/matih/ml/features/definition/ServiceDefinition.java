package ai.matih.ml.features.definition;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A named list of features that a model reads together. */
public record ServiceDefinition(
    String name, List<Projection> projections, Labels labels, Optional<Instant> lastUpdated) {

  public ServiceDefinition {
    projections = List.copyOf(projections);
  }

  /**
   * The part of a view that a service takes.
   *
   * @param alias the name under which the view's features appear
   * @param joinKeyMap the view's join key to the caller's name for it, for those that differ
   */
  public record Projection(
      String view, Optional<String> alias, List<String> features, Map<String, String> joinKeyMap) {

    public Projection {
      features = List.copyOf(features);
      joinKeyMap = Map.copyOf(joinKeyMap);
    }

    public String shownName() {
      return alias.orElse(view);
    }
  }

  /** References in the service's order, under the names in which they are shown. */
  public List<FeatureReference> references() {
    return projections.stream()
        .flatMap(p -> p.features().stream().map(f -> new FeatureReference(p.shownName(), f)))
        .toList();
  }

  public boolean uses(String view) {
    return projections.stream().anyMatch(p -> p.view().equals(view));
  }

  public boolean uses(FeatureReference reference) {
    return projections.stream()
        .anyMatch(
            p -> p.view().equals(reference.view()) && p.features().contains(reference.feature()));
  }
}
