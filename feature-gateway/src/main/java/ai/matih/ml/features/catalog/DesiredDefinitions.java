package ai.matih.ml.features.catalog;

import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.Feature;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.Labels;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.ServiceDefinition.Projection;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Feast's definitions with the declared documents laid over them: how things are meant to be. */
final class DesiredDefinitions {

  private DesiredDefinitions() {}

  static Definitions of(Definitions observed, List<DeclaredDocument> declared) {
    Map<String, EntityDefinition> entities = new HashMap<>(observed.entities());
    Map<String, SourceDefinition> sources = new HashMap<>(observed.sources());
    Map<String, ViewDefinition> views = new HashMap<>(observed.views());
    Map<String, ServiceDefinition> services = new HashMap<>(observed.services());
    for (DeclaredDocument document : declared) {
      switch (document.content()) {
        case EntityDocument entity ->
            entities.put(document.name(), entity(document.name(), entity));
        case SourceDocument source -> sources.put(document.name(), source(document.name(), source));
        case ServiceDocument service ->
            services.put(document.name(), service(document.name(), service));
        case ViewDocument _ -> {
          // Below: a view is put together from entities and sources.
        }
      }
    }
    for (DeclaredDocument document : declared) {
      if (document.content() instanceof ViewDocument view) {
        views.put(
            document.name(),
            view(
                document.name(),
                view,
                entities,
                sources,
                Optional.ofNullable(observed.views().get(document.name()))));
      }
    }
    return new Definitions(
        observed.project(), observed.fingerprint(), entities, sources, views, services);
  }

  static List<JoinKey> joinKeys(ViewDocument view, Map<String, EntityDefinition> entities) {
    List<JoinKey> keys = new ArrayList<>();
    for (String name : view.entities()) {
      EntityDefinition entity = entities.get(name);
      if (entity != null) {
        keys.add(new JoinKey(entity.joinKey(), entity.type()));
      }
    }
    return keys;
  }

  private static EntityDefinition entity(String name, EntityDocument document) {
    return new EntityDefinition(
        name,
        document.joinKey(),
        document.type(),
        labels(document.description(), document.owner(), document.tags()));
  }

  private static SourceDefinition source(String name, SourceDocument document) {
    return new SourceDefinition(
        name,
        Optional.of(document.uri()),
        document.timestampColumn(),
        document.createdTimestampColumn(),
        document.fieldMapping().orElse(Map.of()),
        labels(document.description(), document.owner(), document.tags()));
  }

  private static ServiceDefinition service(String name, ServiceDocument document) {
    Map<String, List<String>> byView = new LinkedHashMap<>();
    document.features().stream()
        .flatMap(written -> FeatureReference.parse(written).stream())
        .forEach(
            reference ->
                byView
                    .computeIfAbsent(reference.view(), _ -> new ArrayList<>())
                    .add(reference.feature()));
    List<Projection> projections = new ArrayList<>();
    byView.forEach(
        (view, features) ->
            projections.add(new Projection(view, Optional.empty(), features, Map.of())));
    return new ServiceDefinition(
        name,
        projections,
        labels(document.description(), document.owner(), document.tags()),
        Optional.empty());
  }

  private static ViewDefinition view(
      String name,
      ViewDocument document,
      Map<String, EntityDefinition> entities,
      Map<String, SourceDefinition> sources,
      Optional<ViewDefinition> observed) {
    return new ViewDefinition(
        name,
        ViewDefinition.Kind.BATCH,
        Optional.ofNullable(sources.get(document.source())),
        document.entities(),
        joinKeys(document, entities),
        document.features().stream()
            .map(
                f ->
                    new Feature(
                        f.name(), f.type(), f.description().orElse(""), f.tags().orElse(Map.of())))
            .toList(),
        document.ttl().orElse(Duration.ZERO),
        document.online().orElse(true),
        observed.flatMap(ViewDefinition::pushSource),
        labels(document.description(), document.owner(), document.tags()),
        observed.flatMap(ViewDefinition::lastUpdated),
        observed.flatMap(ViewDefinition::materializedUntil));
  }

  private static Labels labels(
      Optional<String> description, Optional<String> owner, Optional<Map<String, String>> tags) {
    return new Labels(description.orElse(""), owner.orElse(""), tags.orElse(Map.of()));
  }
}
