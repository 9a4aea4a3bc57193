package ai.matih.ml.features.catalog.web;

import ai.matih.ml.features.catalog.Catalogue.Contents;
import ai.matih.ml.features.catalog.Condition;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
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
import java.util.stream.Stream;

/** The catalogue as it is shown: what Feast has and what is declared, side by side. */
record CatalogEntries(Contents contents) {

  /** Something of the catalogue. */
  interface Entry {
    String name();

    /** Of the declaration, where there is one. */
    Optional<Long> revision();
  }

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
      List<Condition> conditions)
      implements Entry {}

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
      List<Condition> conditions)
      implements Entry {}

  record SourceEntry(
      String name,
      Optional<String> uri,
      String timestampColumn,
      Optional<String> createdTimestampColumn,
      Map<String, String> fieldMapping,
      Optional<String> dataset,
      String description,
      String owner,
      Map<String, String> tags,
      List<String> usedBy,
      boolean managed,
      Optional<Long> revision,
      List<Condition> conditions)
      implements Entry {}

  record ServiceEntry(
      String name,
      List<String> features,
      String description,
      String owner,
      Map<String, String> tags,
      boolean managed,
      Optional<Long> revision,
      List<Condition> conditions)
      implements Entry {}

  Stream<ViewEntry> views() {
    return contents.definitions().views().values().stream().map(this::entry);
  }

  Stream<EntityEntry> entities() {
    return contents.definitions().entities().values().stream().map(this::entry);
  }

  Stream<SourceEntry> sources() {
    return contents.definitions().sources().values().stream().map(this::entry);
  }

  Stream<ServiceEntry> services() {
    return contents.definitions().services().values().stream().map(this::entry);
  }

  private ViewEntry entry(ViewDefinition view) {
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

  private EntityEntry entry(EntityDefinition entity) {
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

  private SourceEntry entry(SourceDefinition source) {
    Optional<DeclaredDocument> declared = contents.declaration(Kind.SOURCE, source.name());
    return new SourceEntry(
        source.name(),
        source.uri(),
        source.timestampColumn(),
        source.createdTimestampColumn(),
        source.fieldMapping(),
        declared
            .map(DeclaredDocument::content)
            .flatMap(content -> ((SourceDocument) content).dataset()),
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

  private ServiceEntry entry(ServiceDefinition service) {
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
