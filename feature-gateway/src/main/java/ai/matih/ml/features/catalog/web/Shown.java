package ai.matih.ml.features.catalog.web;

import ai.matih.ml.features.catalog.Catalogue.Contents;
import ai.matih.ml.features.catalog.Condition;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.catalog.DeclaredDocument;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.ServiceDefinition;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How things of the catalogue are shown. */
final class Shown {

  private Shown() {}

  /**
   * A view in the catalogue.
   *
   * @param managed whether it was declared here; otherwise a Feast client made it
   * @param ttl absent when values do not age
   */
  record ViewEntry(
      String name,
      ViewDefinition.Kind kind,
      List<String> entities,
      List<JoinKey> joinKeys,
      List<FeatureEntry> features,
      Optional<String> source,
      Optional<Duration> ttl,
      boolean online,
      boolean push,
      String description,
      String owner,
      Map<String, String> tags,
      Freshness freshness,
      List<String> usedBy,
      boolean managed,
      Optional<Long> revision,
      List<Condition> conditions) {}

  record FeatureEntry(
      String name, FeatureType type, String description, Map<String, String> tags) {}

  /** Until which event time values were carried into the online store. */
  record Freshness(Optional<Instant> materializedUntil, Optional<Instant> lastUpdated) {}

  record EntityEntry(
      String name,
      String joinKey,
      FeatureType type,
      String description,
      String owner,
      Map<String, String> tags,
      List<String> usedBy,
      boolean managed,
      Optional<Long> revision,
      List<Condition> conditions) {}

  record SourceEntry(
      String name,
      Optional<String> uri,
      String timestampColumn,
      Optional<String> createdTimestampColumn,
      Map<String, String> fieldMapping,
      String description,
      String owner,
      Map<String, String> tags,
      List<String> usedBy,
      boolean managed,
      Optional<Long> revision,
      List<Condition> conditions) {}

  record ServiceEntry(
      String name,
      List<String> features,
      String description,
      String owner,
      Map<String, String> tags,
      boolean managed,
      Optional<Long> revision,
      List<Condition> conditions) {}

  static ViewEntry view(ViewDefinition view, Contents contents) {
    Optional<DeclaredDocument> declared = contents.declaration(Kind.VIEW, view.name());
    return new ViewEntry(
        view.name(),
        view.kind(),
        view.entities(),
        view.joinKeys(),
        view.features().stream()
            .map(f -> new FeatureEntry(f.name(), f.type(), f.description(), f.tags()))
            .toList(),
        view.source().map(SourceDefinition::name),
        view.ttl().isPositive() ? Optional.of(view.ttl()) : Optional.empty(),
        view.online(),
        view.pushSource().isPresent(),
        view.labels().description(),
        view.labels().owner(),
        view.labels().tags(),
        new Freshness(view.materializedUntil(), view.lastUpdated()),
        contents.definitions().services().values().stream()
            .filter(s -> s.uses(view.name()))
            .map(ServiceDefinition::name)
            .sorted()
            .toList(),
        declared.isPresent(),
        declared.map(DeclaredDocument::revision),
        conditions(declared));
  }

  static EntityEntry entity(EntityDefinition entity, Contents contents) {
    Optional<DeclaredDocument> declared = contents.declaration(Kind.ENTITY, entity.name());
    return new EntityEntry(
        entity.name(),
        entity.joinKey(),
        entity.type(),
        entity.labels().description(),
        entity.labels().owner(),
        entity.labels().tags(),
        contents.definitions().views().values().stream()
            .filter(v -> v.entities().contains(entity.name()))
            .map(ViewDefinition::name)
            .sorted()
            .toList(),
        declared.isPresent(),
        declared.map(DeclaredDocument::revision),
        conditions(declared));
  }

  static SourceEntry source(SourceDefinition source, Contents contents) {
    Optional<DeclaredDocument> declared = contents.declaration(Kind.SOURCE, source.name());
    return new SourceEntry(
        source.name(),
        source.uri(),
        source.timestampColumn(),
        source.createdTimestampColumn(),
        source.fieldMapping(),
        source.labels().description(),
        source.labels().owner(),
        source.labels().tags(),
        contents.definitions().views().values().stream()
            .filter(v -> v.source().filter(s -> s.name().equals(source.name())).isPresent())
            .map(ViewDefinition::name)
            .sorted()
            .toList(),
        declared.isPresent(),
        declared.map(DeclaredDocument::revision),
        conditions(declared));
  }

  static ServiceEntry service(ServiceDefinition service, Contents contents) {
    Optional<DeclaredDocument> declared = contents.declaration(Kind.SERVICE, service.name());
    return new ServiceEntry(
        service.name(),
        service.references().stream().map(FeatureReference::toString).toList(),
        service.labels().description(),
        service.labels().owner(),
        service.labels().tags(),
        declared.isPresent(),
        declared.map(DeclaredDocument::revision),
        conditions(declared));
  }

  private static List<Condition> conditions(Optional<DeclaredDocument> declared) {
    return declared.map(d -> List.of(d.applied())).orElse(List.of());
  }
}
