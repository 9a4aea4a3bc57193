package ai.matih.ml.features.online;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.ServiceDefinition.Projection;
import ai.matih.ml.features.definition.ViewDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a caller asked for, found in the definitions: the features in the caller's order, and the
 * parts of views that hold them.
 *
 * @param places for each feature where it is
 */
public record FeatureSelection(
    List<FeatureReference> references, List<Part> parts, List<Place> places) {

  /** A feature's part, and its place among the features of that. */
  public record Place(int part, int column) {}

  /**
   * The wanted features of one view.
   *
   * @param shownName the view's name in the answer
   * @param keys the view's join keys, each with the caller's name for it
   */
  public record Part(
      String shownName,
      ViewDefinition view,
      List<Feature> features,
      SortedMap<String, String> keys) {

    public Part {
      features = List.copyOf(features);
      keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }

    static Part of(
        String shownName,
        ViewDefinition view,
        List<Feature> features,
        Map<String, String> joinKeyMap) {
      TreeMap<String, String> keys = new TreeMap<>();
      view.joinKeys()
          .forEach(key -> keys.put(key.name(), joinKeyMap.getOrDefault(key.name(), key.name())));
      return new Part(shownName, view, features, keys);
    }

    /** The caller's name for one of the view's join keys. */
    public String callersName(String joinKey) {
      return keys.getOrDefault(joinKey, joinKey);
    }

    public List<String> featureNames() {
      return features.stream().map(Feature::name).toList();
    }
  }

  public FeatureSelection {
    references = List.copyOf(references);
    parts = List.copyOf(parts);
    places = List.copyOf(places);
  }

  private static FeatureSelection of(List<FeatureReference> references, List<Part> parts) {
    Map<FeatureReference, Place> places = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      List<String> names = parts.get(i).featureNames();
      for (int j = 0; j < names.size(); j++) {
        places.put(new FeatureReference(parts.get(i).shownName(), names.get(j)), new Place(i, j));
      }
    }
    return new FeatureSelection(
        references,
        parts,
        references.stream().map(one -> Objects.requireNonNull(places.get(one))).toList());
  }

  /** Finds what a request names: either references or one service. */
  public static FeatureSelection find(
      Definitions definitions,
      Optional<List<String>> features,
      Optional<String> service,
      int maxFeatures) {
    if (features.isPresent() == service.isPresent()) {
      throw Problem.invalid("features", "exactly one of features and feature_service is needed");
    }
    return service.isPresent()
        ? ofService(definitions, service.get())
        : ofReferences(definitions, features.orElseThrow(), maxFeatures);
  }

  private static FeatureSelection ofService(Definitions definitions, String name) {
    ServiceDefinition service = definitions.services().get(name);
    if (service == null) {
      throw new Problem(
              FeaturesError.SERVICE_NOT_FOUND, "There is no feature service " + name + ".")
          .with("field", "feature_service")
          .with("feature_service", name);
    }
    List<Part> parts = new ArrayList<>();
    for (Projection projection : service.projections()) {
      ViewDefinition view = view(definitions, projection.view(), "feature_service");
      List<Feature> wanted =
          projection.features().stream().map(f -> feature(view, f, "feature_service")).toList();
      parts.add(Part.of(projection.shownName(), view, wanted, projection.joinKeyMap()));
    }
    return of(service.references(), parts);
  }

  private static FeatureSelection ofReferences(
      Definitions definitions, List<String> written, int maxFeatures) {
    if (written.isEmpty() || written.size() > maxFeatures) {
      throw Problem.invalid("features", "must name 1 to " + maxFeatures + " features");
    }
    Set<FeatureReference> references = new LinkedHashSet<>();
    Map<String, Set<Feature>> byView = new LinkedHashMap<>();
    for (int i = 0; i < written.size(); i++) {
      String field = "features[" + i + "]";
      FeatureReference reference =
          FeatureReference.parse(written.get(i))
              .orElseThrow(() -> Problem.invalid(field, "must have the form view:feature"));
      ViewDefinition view = view(definitions, reference.view(), field);
      byView
          .computeIfAbsent(view.name(), _ -> new LinkedHashSet<>())
          .add(feature(view, reference.feature(), field));
      references.add(reference);
    }
    List<Part> parts = new ArrayList<>();
    byView.forEach(
        (name, wanted) ->
            parts.add(
                Part.of(name, view(definitions, name, "features"), List.copyOf(wanted), Map.of())));
    return of(List.copyOf(references), parts);
  }

  private static ViewDefinition view(Definitions definitions, String name, String field) {
    ViewDefinition view = definitions.views().get(name);
    if (view == null) {
      throw new Problem(FeaturesError.VIEW_NOT_FOUND, "There is no feature view " + name + ".")
          .with("field", field)
          .with("view", name);
    }
    if (view.kind() == ViewDefinition.Kind.ON_DEMAND) {
      throw new Problem(
              FeaturesError.ON_DEMAND_VIEW,
              "The view "
                  + name
                  + " is computed by stored Python code; ask for its input features and compute it"
                  + " yourself.")
          .with("field", field)
          .with("view", name);
    }
    return view;
  }

  private static Feature feature(ViewDefinition view, String name, String field) {
    return view.feature(name)
        .orElseThrow(
            () ->
                new Problem(
                        FeaturesError.FEATURE_NOT_FOUND,
                        "The view " + view.name() + " has no feature " + name + ".")
                    .with("field", field)
                    .with("view", view.name())
                    .with("feature", name));
  }
}
