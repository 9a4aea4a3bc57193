package ai.matih.ml.features.catalog;

import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.catalog.FeastDefinitions.Named;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.SourceDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The documents that a comparison of views with their source needs: views, entities, source. */
final class ComparedDocuments {

  private ComparedDocuments() {}

  /**
   * @return empty when the change is about no view, or the source is no file of the object store
   */
  static List<Named> of(
      String name, Declaration change, Definitions desired, List<DeclaredDocument> declared) {
    return switch (change) {
      case ViewDocument view ->
          source(view.source(), desired)
              .map(source -> together(source, Map.of(name, view), desired))
              .orElse(List.of());
      case SourceDocument source -> {
        Map<String, ViewDocument> views = new LinkedHashMap<>();
        for (DeclaredDocument document : declared) {
          if (document.content() instanceof ViewDocument view && view.source().equals(name)) {
            views.put(document.name(), view);
          }
        }
        yield views.isEmpty() ? List.of() : together(new Named(name, source), views, desired);
      }
      default -> List.of();
    };
  }

  private static List<Named> together(
      Named source, Map<String, ViewDocument> views, Definitions desired) {
    List<Named> documents = new ArrayList<>(List.of(source));
    views.values().stream()
        .flatMap(view -> view.entities().stream())
        .distinct()
        .flatMap(entity -> Optional.ofNullable(desired.entities().get(entity)).stream())
        .forEach(entity -> documents.add(new Named(entity.name(), document(entity))));
    views.forEach((name, view) -> documents.add(new Named(name, view)));
    return documents;
  }

  private static Optional<Named> source(String name, Definitions desired) {
    return Optional.ofNullable(desired.sources().get(name))
        .filter(source -> source.uri().filter(uri -> uri.startsWith("s3://")).isPresent())
        .map(source -> new Named(name, document(source)));
  }

  private static SourceDocument document(SourceDefinition source) {
    return new SourceDocument(
        source.uri().orElseThrow(),
        source.timestampColumn(),
        source.createdTimestampColumn(),
        Optional.of(source.fieldMapping()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static EntityDocument document(EntityDefinition entity) {
    return new EntityDocument(
        entity.joinKey(), entity.type(), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
