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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller asked for, found in the definitions: the features in the caller's order, and the
 * parts of views that hold them.
 */
public record FeatureSelection(List<FeatureReference> references, List<Part> parts) {

  /**
   * The wanted features of one view.
   *
   * @param shownName the view's name in the answer
   * @param joinKeyMap the view's join key to the caller's name for it
   */
  public record Part(
      String shownName,
      ViewDefinition view,
      List<Feature> features,
      Map<String, String> joinKeyMap) {

    public Part {
      features = List.copyOf(features);
      joinKeyMap = Map.copyOf(joinKeyMap);
    }

    /** The caller's name for one of the view's join keys. */
    public String callersName(String joinKey) {
      return joinKeyMap.getOrDefault(joinKey, joinKey);
    }

    public List<String> featureNames() {
      return features.stream().map(Feature::name).toList();
    }
  }

  public FeatureSelection {
    references = List.copyOf(references);
    parts = List.copyOf(parts);
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
      parts.add(new Part(projection.shownName(), view, wanted, projection.joinKeyMap()));
    }
    return new FeatureSelection(service.references(), parts);
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
                new Part(
                    name, view(definitions, name, "features"), List.copyOf(wanted), Map.of())));
    return new FeatureSelection(List.copyOf(references), parts);
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
