package ai.matih.ml.features.catalog;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.FeatureDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.SourceSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a document must look like, whatever else is declared. */
public final class DocumentForm {

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

  private static final Pattern DATASET =
      Pattern.compile("dataset:[a-z0-9_-]{1,64}(@sha256:[0-9a-f]{64})?");
  private static final Duration LONGEST_TTL = Duration.ofDays(36_600);

  private final SourceSettings sources;

  public DocumentForm(SourceSettings sources) {
    this.sources = sources;
  }

  /** Refuses a document with everything that is wrong with its form. */
  void check(Tenant tenant, String name, Declaration content) {
    List<Violation> wrong = new ArrayList<>();
    if (!NAME.matcher(name).matches()) {
      wrong.add(
          new Violation(
              "name", "must be a letter followed by up to 62 letters, digits and underscores"));
    }
    switch (content) {
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
      case SourceDocument source -> {
        checkUri(tenant, source.uri(), wrong);
        if (source.dataset().isPresent()) {
          wrong.add(new Violation("dataset", "is what the service adds; name it in uri"));
        }
      }
      case ViewDocument view -> checkView(tenant, name, view, wrong);
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

  private void checkUri(Tenant tenant, String uri, List<Violation> wrong) {
    if (uri.startsWith(Datasets.PREFIX)) {
      if (!DATASET.matcher(uri).matches()) {
        wrong.add(
            new Violation("uri", "must look like dataset:name or dataset:name@sha256:digest"));
      }
    } else if (!isOwn(tenant, uri)) {
      wrong.add(
          new Violation(
              "uri", "must be dataset:name or a plain path under " + sources.folder(tenant)));
    }
  }

  /** Whether it is a plain path within the tenant's folder. */
  boolean isOwn(Tenant tenant, String uri) {
    String own = sources.folder(tenant);
    boolean escapes =
        uri.contains("/../")
            || uri.contains("/./")
            || uri.endsWith("/..")
            || uri.indexOf("//", "s3://".length()) >= 0;
    return uri.startsWith(own)
        && uri.length() > own.length()
        && !escapes
        && uri.matches("[!-~&&[^?#\\\\%*\\[\\]]]+");
  }

  private static void checkView(
      Tenant tenant, String name, ViewDocument view, List<Violation> wrong) {
    if (RESERVED.contains(name)) {
      wrong.add(new Violation("name", "is a word of the paths of this service"));
    }
    if (tenant.feastProject().length() + 1 + name.length() > LONGEST_TABLE) {
      wrong.add(
          new Violation(
              "name",
              "must have at most "
                  + (LONGEST_TABLE - 1 - tenant.feastProject().length())
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
}
