package ai.matih.ml.features.catalog;

import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.FeatureDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which changes would break stored values or readers: a feature's type, a view's key, a feature
 * that a service reads, an entity's key under its views.
 */
final class Compatibility {

  /** A change that is not possible, in words for the person who asked for it. */
  record Refusal(String reason, String message) {}

  private Compatibility() {}

  /**
   * @param old the view as it is, declared or in Feast
   * @param newKeys the join keys that the new document's entities have
   */
  static Optional<Refusal> ofView(
      String name,
      ViewDefinition old,
      ViewDocument wanted,
      List<JoinKey> newKeys,
      List<ServiceDefinition> services) {
    if (old.kind() != ViewDefinition.Kind.BATCH) {
      return refuse(
          "KindChanged", "The view " + name + " was made by a Feast client in another form.");
    }
    if (!new HashSet<>(old.joinKeys()).equals(new HashSet<>(newKeys))) {
      return refuse(
          "JoinKeyChanged",
          "The view "
              + name
              + " is stored by "
              + shown(old.joinKeys())
              + " and would be by "
              + shown(newKeys)
              + "; declare a new view instead.");
    }
    Map<String, FeatureType> types = new HashMap<>();
    for (FeatureDocument feature : wanted.features()) {
      types.put(feature.name(), feature.type());
    }
    for (Feature feature : old.features()) {
      FeatureType type = types.get(feature.name());
      if (type == null) {
        Optional<ServiceDefinition> reader =
            services.stream()
                .filter(s -> s.uses(new FeatureReference(name, feature.name())))
                .findFirst();
        if (reader.isPresent()) {
          return refuse(
              "FeatureInUse",
              "The feature "
                  + name
                  + ":"
                  + feature.name()
                  + " is read by the service "
                  + reader.get().name()
                  + ".");
        }
      } else if (type != feature.type()) {
        return refuse(
            "TypeChanged",
            "The feature "
                + name
                + ":"
                + feature.name()
                + " is "
                + feature.type().wire()
                + " and would be "
                + type.wire()
                + "; add a feature with another name instead.");
      }
    }
    return Optional.empty();
  }

  static Optional<Refusal> ofEntity(
      String name, EntityDefinition old, EntityDocument wanted, List<ViewDefinition> views) {
    if (old.joinKey().equals(wanted.joinKey()) && old.type() == wanted.type()) {
      return Optional.empty();
    }
    return views.stream()
        .filter(view -> view.entities().contains(name))
        .findFirst()
        .flatMap(
            view ->
                refuse(
                    "JoinKeyChanged",
                    "The view "
                        + view.name()
                        + " is stored by "
                        + old.joinKey()
                        + " ("
                        + old.type().wire()
                        + ")."));
  }

  private static String shown(List<JoinKey> keys) {
    Set<String> names = new java.util.TreeSet<>();
    keys.forEach(k -> names.add(k.name() + " (" + k.type().wire() + ")"));
    return names.isEmpty() ? "no key" : String.join(", ", names);
  }

  private static Optional<Refusal> refuse(String reason, String message) {
    return Optional.of(new Refusal(reason, message));
  }
}
