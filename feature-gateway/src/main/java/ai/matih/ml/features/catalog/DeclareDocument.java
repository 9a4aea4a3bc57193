package ai.matih.ml.features.catalog;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.FeatureDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.EntityDefinition;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.ViewDefinition;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Declares or changes one document: checks form, references and compatibility, then stores once.
 */
public final class DeclareDocument {

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");

  /** Words of the paths below {@code /features}; a view of such a name could not be reached. */
  private static final Set<String> RESERVED =
      Set.of(
          "entities",
          "services",
          "sources",
          "serve",
          "plan",
          "push",
          "materialize",
          "materializations",
          "historical",
          "feast");

  /** PostgreSQL keeps 63 bytes of a name; Feast's table is project_view, its index adds eight. */
  private static final int LONGEST_TABLE = 55;

  private static final Duration LONGEST_TTL = Duration.ofDays(36_600);

  private final DefinitionsSource feast;
  private final Declarations declarations;
  private final Audit audit;

  public DeclareDocument(DefinitionsSource feast, Declarations declarations, Audit audit) {
    this.feast = feast;
    this.declarations = declarations;
    this.audit = audit;
  }

  /**
   * @param ifMatch the revision that the change is based on, where the caller gave one
   */
  public record Change(
      Tenant tenant, String name, Declaration content, Optional<Long> ifMatch, String by) {}

  public DeclaredDocument declare(Change change) {
    checkForm(change);
    Definitions observed = feast.fresh(change.tenant());
    try {
      return declarations.exclusively(() -> store(change, observed));
    } catch (Problem refused) {
      if (refused.error() == FeaturesError.INCOMPATIBLE_CHANGE) {
        audit.refused(
            "features.declared", target(change), Map.of("reason", refused.params().get("reason")));
      }
      throw refused;
    }
  }

  private DeclaredDocument store(Change change, Definitions observed) {
    Optional<DeclaredDocument> existing = declarations.find(change.content().kind(), change.name());
    if (existing.isPresent()
        && existing.get().content().equals(change.content())
        && change.ifMatch().filter(r -> r != existing.get().revision()).isEmpty()) {
      return existing.get();
    }
    checkRevision(change, existing);
    Definitions desired = DesiredDefinitions.of(observed, declarations.all());
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

  private static String target(Change change) {
    return "features/" + change.content().kind().plural() + "/" + change.name();
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

  private static void checkForm(Change change) {
    List<Violation> wrong = new ArrayList<>();
    if (!NAME.matcher(change.name()).matches()) {
      wrong.add(
          new Violation(
              "name", "must be a letter followed by up to 62 letters, digits and underscores"));
    }
    switch (change.content()) {
      case EntityDocument entity -> {
        if (!FeatureType.KEYS.contains(entity.type())) {
          wrong.add(
              new Violation(
                  "type", "a join key is one of bytes, int32, int64, string, unix_timestamp"));
        }
        if (!NAME.matcher(entity.joinKey()).matches()) {
          wrong.add(
              new Violation(
                  "join_key", "must be a letter followed by letters, digits and underscores"));
        }
      }
      case SourceDocument source -> checkUri(change.tenant(), source.uri(), wrong);
      case ViewDocument view -> checkViewForm(change, view, wrong);
      case ServiceDocument service -> {
        for (int i = 0; i < service.features().size(); i++) {
          if (FeatureReference.parse(service.features().get(i)).isEmpty()) {
            wrong.add(new Violation("features[" + i + "]", "must have the form view:feature"));
          }
        }
        if (new HashSet<>(service.features()).size() < service.features().size()) {
          wrong.add(new Violation("features", "names a feature twice"));
        }
      }
    }
    if (!wrong.isEmpty()) {
      throw Problem.invalid(wrong);
    }
  }

  private static void checkUri(Tenant tenant, String uri, List<Violation> wrong) {
    String own = "s3://datasets/" + tenant + "/";
    boolean escapes =
        uri.contains("/../")
            || uri.contains("/./")
            || uri.endsWith("/..")
            || uri.indexOf("//", "s3://".length()) >= 0;
    if (!uri.startsWith(own)
        || uri.length() == own.length()
        || escapes
        || !uri.matches("[!-~&&[^?#\\\\%*\\[\\]]]+")) {
      wrong.add(new Violation("uri", "must be a plain path under " + own));
    }
  }

  private static void checkViewForm(Change change, ViewDocument view, List<Violation> wrong) {
    if (RESERVED.contains(change.name())) {
      wrong.add(new Violation("name", "is a word of the paths of this service"));
    }
    if (change.tenant().feastProject().length() + 1 + change.name().length() > LONGEST_TABLE) {
      wrong.add(
          new Violation(
              "name",
              "must have at most "
                  + (LONGEST_TABLE - 1 - change.tenant().feastProject().length())
                  + " characters"));
    }
    view.ttl()
        .filter(
            ttl ->
                ttl.isNegative()
                    || !ttl.equals(ttl.truncatedTo(ChronoUnit.SECONDS))
                    || ttl.compareTo(LONGEST_TTL) > 0)
        .ifPresent(_ -> wrong.add(new Violation("ttl", "must be whole seconds, 0 to 36600 days")));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < view.features().size(); i++) {
      FeatureDocument feature = view.features().get(i);
      if (!NAME.matcher(feature.name()).matches()) {
        wrong.add(
            new Violation(
                "features[" + i + "].name",
                "must be a letter followed by letters, digits and underscores"));
      } else if (!names.add(feature.name())) {
        wrong.add(new Violation("features[" + i + "].name", "is there twice"));
      }
    }
    if (new HashSet<>(view.entities()).size() < view.entities().size()) {
      wrong.add(new Violation("entities", "names an entity twice"));
    }
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
