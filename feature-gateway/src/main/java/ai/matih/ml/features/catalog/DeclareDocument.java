package ai.matih.ml.features.catalog;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares or changes one document: checks form, references and compatibility, then stores once.
 */
public final class DeclareDocument {

  private static final Logger log = LoggerFactory.getLogger(DeclareDocument.class);

  private final DefinitionsSource observed;
  private final Declarations declarations;
  private final FeastDefinitions feast;
  private final Datasets datasets;
  private final DocumentForm form;

  public DeclareDocument(
      DefinitionsSource observed,
      Declarations declarations,
      FeastDefinitions feast,
      Datasets datasets,
      DocumentForm form) {
    this.observed = observed;
    this.declarations = declarations;
    this.feast = feast;
    this.datasets = datasets;
    this.form = form;
  }

  /**
   * @param ifMatch the revision that the change is based on, where the caller gave one
   */
  public record Change(
      Tenant tenant, String name, Declaration content, Optional<Long> ifMatch, String by) {}

  public DeclaredDocument declare(Change asked) {
    form.check(asked.tenant(), asked.name(), asked.content());
    Change change = located(asked);
    Definitions definitions = observed.fresh(change.tenant());
    try {
      if (isNew(change)) {
        compare(change, definitions);
      }
      return declarations.exclusively(() -> store(change, definitions));
    } catch (Problem refused) {
      if (refused.error() == FeaturesError.INCOMPATIBLE_CHANGE) {
        declarations.recordRefusal(
            change.content().kind(), change.name(), String.valueOf(refused.params().get("reason")));
      }
      throw refused;
    }
  }

  /** With the file of the data set that a source names. */
  private Change located(Change change) {
    if (!(change.content() instanceof SourceDocument source)
        || !source.uri().startsWith(Datasets.PREFIX)) {
      return change;
    }
    Datasets.Version version =
        datasets
            .find(source.uri())
            .filter(found -> form.isOwn(change.tenant(), found.uri()))
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "uri",
                        "there is no such data set; upload it to"
                            + " /api/v1/ml/training/datasets/{name}"));
    return new Change(
        change.tenant(), change.name(), source.at(version), change.ifMatch(), change.by());
  }

  private boolean isNew(Change change) {
    return declarations
        .find(change.content().kind(), change.name())
        .filter(existing -> existing.content().equals(change.content()))
        .isEmpty();
  }

  /** Holds the views that the change is about against the columns of their source. */
  private void compare(Change change, Definitions definitions) {
    List<DeclaredDocument> declared = declarations.all();
    Definitions desired = DesiredDefinitions.of(definitions, declared);
    if (change.content() instanceof ViewDocument view) {
      checkView(change.name(), view, desired);
    }
    List<FeastDefinitions.Named> documents =
        ComparedDocuments.of(change.name(), change.content(), desired, declared);
    if (documents.isEmpty()) {
      return;
    }
    try {
      List<Violation> wrong =
          feast.check(change.tenant(), documents).stream()
              .map(mismatch -> violation(change.content(), mismatch))
              .toList();
      if (!wrong.isEmpty()) {
        throw Problem.invalid(wrong);
      }
    } catch (FeastDefinitions.Refused refused) {
      throw Problem.invalid(
          change.content() instanceof SourceDocument ? "uri" : "source", refused.reason());
    } catch (EngineFailure away) {
      log.info("{} is compared when Feast applies it: {}", change.name(), away.getMessage());
    }
  }

  private static Violation violation(Declaration content, FeastDefinitions.Mismatch mismatch) {
    return content instanceof SourceDocument
        ? new Violation("uri", "the view " + mismatch.view() + ": " + mismatch.message())
        : new Violation(mismatch.place(), mismatch.message());
  }

  private DeclaredDocument store(Change change, Definitions definitions) {
    Optional<DeclaredDocument> existing = declarations.find(change.content().kind(), change.name());
    if (existing.isPresent()
        && existing.get().content().equals(change.content())
        && change.ifMatch().filter(r -> r != existing.get().revision()).isEmpty()) {
      return existing.get();
    }
    checkRevision(change, existing);
    Definitions desired = DesiredDefinitions.of(definitions, declarations.all());
    switch (change.content()) {
      case EntityDocument entity -> checkEntity(change.name(), entity, desired);
      case SourceDocument _ -> {
        // Its form was checked; views keep their own columns.
      }
      case ViewDocument view -> checkView(change.name(), view, desired);
      case ServiceDocument service -> checkService(service, desired);
    }
    long revision = existing.map(DeclaredDocument::revision).orElse(0L);
    return declarations
        .store(change.name(), change.content(), revision, change.by())
        .orElseThrow(() -> stale(revision));
  }

  private static void checkRevision(Change change, Optional<DeclaredDocument> existing) {
    if (existing.isPresent() && change.ifMatch().isEmpty()) {
      throw new Problem(
              CommonError.REVISION_REQUIRED,
              change.name() + " exists; send If-Match with the revision that you changed.")
          .with("revision", existing.get().revision());
    }
    long current = existing.map(DeclaredDocument::revision).orElse(0L);
    if (change.ifMatch().filter(r -> r != current).isPresent()) {
      throw stale(current);
    }
  }

  private static Problem stale(long revision) {
    return new Problem(
            CommonError.STALE_REVISION, "The document is at revision " + revision + " now.")
        .with("revision", revision);
  }

  private static void checkEntity(String name, EntityDocument entity, Definitions desired) {
    EntityDefinition old = desired.entities().get(name);
    if (old != null) {
      Compatibility.ofEntity(name, old, entity, List.copyOf(desired.views().values()))
          .ifPresent(DeclareDocument::refuse);
    }
  }

  private static void checkView(String name, ViewDocument view, Definitions desired) {
    List<Violation> wrong = new ArrayList<>();
    for (int i = 0; i < view.entities().size(); i++) {
      if (!desired.entities().containsKey(view.entities().get(i))) {
        wrong.add(
            new Violation(
                "entities[" + i + "]",
                "there is no entity " + view.entities().get(i) + "; declare it first"));
      }
    }
    if (!desired.sources().containsKey(view.source())) {
      wrong.add(
          new Violation("source", "there is no source " + view.source() + "; declare it first"));
    }
    List<JoinKey> keys = DesiredDefinitions.joinKeys(view, desired.entities());
    Set<String> keyNames = new HashSet<>();
    for (JoinKey key : keys) {
      if (!keyNames.add(key.name())) {
        wrong.add(new Violation("entities", "two of them have the join key " + key.name()));
      }
    }
    for (int i = 0; i < view.features().size(); i++) {
      if (keyNames.contains(view.features().get(i).name())) {
        wrong.add(new Violation("features[" + i + "].name", "is the name of a join key"));
      }
    }
    if (!wrong.isEmpty()) {
      throw Problem.invalid(wrong);
    }
    ViewDefinition old = desired.views().get(name);
    if (old != null) {
      Compatibility.ofView(name, old, view, keys, List.copyOf(desired.services().values()))
          .ifPresent(DeclareDocument::refuse);
    }
  }

  private static void checkService(ServiceDocument service, Definitions desired) {
    List<Violation> wrong = new ArrayList<>();
    for (int i = 0; i < service.features().size(); i++) {
      FeatureReference reference = FeatureReference.parse(service.features().get(i)).orElseThrow();
      ViewDefinition view = desired.views().get(reference.view());
      if (view == null) {
        wrong.add(new Violation("features[" + i + "]", "there is no view " + reference.view()));
      } else if (view.feature(reference.feature()).isEmpty()) {
        wrong.add(
            new Violation(
                "features[" + i + "]",
                "the view " + reference.view() + " has no feature " + reference.feature()));
      }
    }
    if (!wrong.isEmpty()) {
      throw Problem.invalid(wrong);
    }
  }

  private static void refuse(Compatibility.Refusal refusal) {
    throw new Problem(FeaturesError.INCOMPATIBLE_CHANGE, refusal.message())
        .with("reason", refusal.reason());
  }
}
