package ai.matih.ml.features.online;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Answers feature values for entities: resolve, read all views at once, judge the age. */
public final class ServeFeatures {

  /** Callers ask for the same few selections again and again. */
  private static final int KEPT_SELECTIONS = 1_000;

  private final DefinitionsSource definitions;
  private final OnlineValues values;
  private final OnlineSettings settings;
  private final Clock clock;
  private final Cache<Asked, FeatureSelection> selections =
      Caffeine.newBuilder().maximumSize(KEPT_SELECTIONS).build();

  public ServeFeatures(
      DefinitionsSource definitions, OnlineValues values, OnlineSettings settings, Clock clock) {
    this.definitions = definitions;
    this.values = values;
    this.settings = settings;
    this.clock = clock;
  }

  /** What to answer: either features or a service, and a column of values by join key. */
  public record Question(
      Optional<List<String>> features,
      Optional<String> featureService,
      Map<String, List<Object>> entities) {}

  /** What a selection is made of. */
  private record Asked(
      String project,
      String fingerprint,
      Optional<List<String>> features,
      Optional<String> service) {}

  public OnlineAnswer answer(Tenant tenant, Question question) {
    FeatureSelection selection = selection(definitions.of(tenant), question);
    EntityRows entities = EntityRows.read(question.entities(), selection, settings.maxRows());
    List<Optional<StoredRows>> stored = values.read(tenant, wanted(selection, entities));
    Instant now = clock.instant();
    List<OnlineAnswer.Column> columns = new ArrayList<>(selection.references().size());
    for (FeatureSelection.Place place : selection.places()) {
      FeatureSelection.Part part = selection.parts().get(place.part());
      StoredRows rows = stored.get(place.part()).orElseThrow(() -> notOnline(part));
      Duration ttl = part.view().ttl();
      boolean limited = settings.enforceTtl() && ttl.isPositive();
      columns.add(new OnlineAnswer.Column(rows, place.column(), limited ? now.minus(ttl) : null));
    }
    return new OnlineAnswer(selection.references(), entities, columns);
  }

  private FeatureSelection selection(Definitions current, Question question) {
    return selections.get(
        new Asked(
            current.project(),
            current.fingerprint(),
            question.features(),
            question.featureService()),
        asked ->
            FeatureSelection.find(
                current, asked.features(), asked.service(), settings.maxFeatures()));
  }

  private static List<OnlineValues.Wanted> wanted(FeatureSelection selection, EntityRows entities) {
    Map<SortedMap<String, String>, EntityKeys> keys = new HashMap<>();
    List<OnlineValues.Wanted> wanted = new ArrayList<>(selection.parts().size());
    for (FeatureSelection.Part part : selection.parts()) {
      if (!part.view().online()) {
        throw notOnline(part);
      }
      wanted.add(
          new OnlineValues.Wanted(
              part.view().name(),
              keys.computeIfAbsent(part.keys(), entities::keys),
              part.featureNames()));
    }
    return wanted;
  }

  private static Problem notOnline(FeatureSelection.Part part) {
    return new Problem(
            FeaturesError.VIEW_NOT_ONLINE,
            "The view " + part.view().name() + " has no online table.")
        .with("view", part.view().name());
  }
}
