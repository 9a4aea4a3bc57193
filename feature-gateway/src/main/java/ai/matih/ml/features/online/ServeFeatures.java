package ai.matih.ml.features.online;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.FeaturesError;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.online.OnlineAnswer.Answered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers feature values for entities: resolve, read all views at once, judge the age. */
public final class ServeFeatures {

  private final DefinitionsSource definitions;
  private final OnlineValues values;
  private final OnlineSettings settings;
  private final Clock clock;

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

  public OnlineAnswer answer(Tenant tenant, Question question) {
    FeatureSelection selection =
        FeatureSelection.find(
            definitions.of(tenant),
            question.features(),
            question.featureService(),
            settings.maxFeatures());
    EntityRows entities = EntityRows.read(question.entities(), selection, settings.maxRows());
    List<Optional<List<Map<String, StoredValue>>>> stored =
        values.read(
            tenant, selection.parts().stream().map(part -> wanted(part, entities)).toList());
    Instant now = clock.instant();
    Map<FeatureReference, List<Answered>> columns = new HashMap<>();
    for (int i = 0; i < stored.size(); i++) {
      FeatureSelection.Part part = selection.parts().get(i);
      columns.putAll(judge(part, stored.get(i).orElseThrow(() -> notOnline(part)), now));
    }
    List<OnlineAnswer.Row> rows = new ArrayList<>(entities.size());
    for (int i = 0; i < entities.size(); i++) {
      List<Answered> row = new ArrayList<>(selection.references().size());
      for (FeatureReference reference : selection.references()) {
        row.add(columns.getOrDefault(reference, List.of()).get(i));
      }
      rows.add(new OnlineAnswer.Row(entities.row(i), row));
    }
    return new OnlineAnswer(selection.references(), rows);
  }

  private static OnlineValues.Wanted wanted(FeatureSelection.Part part, EntityRows entities) {
    if (!part.view().online()) {
      throw notOnline(part);
    }
    List<EntityKey> keys = new ArrayList<>(entities.size());
    for (int i = 0; i < entities.size(); i++) {
      keys.add(entities.key(part, i));
    }
    return new OnlineValues.Wanted(part.view().name(), keys, part.featureNames());
  }

  private static Problem notOnline(FeatureSelection.Part part) {
    return new Problem(
            FeaturesError.VIEW_NOT_ONLINE,
            "The view " + part.view().name() + " has no online table.")
        .with("view", part.view().name());
  }

  private Map<FeatureReference, List<Answered>> judge(
      FeatureSelection.Part part, List<Map<String, StoredValue>> stored, Instant now) {
    Map<FeatureReference, List<Answered>> columns = HashMap.newHashMap(part.features().size());
    for (String feature : part.featureNames()) {
      List<Answered> column = new ArrayList<>(stored.size());
      for (Map<String, StoredValue> row : stored) {
        column.add(judge(row.get(feature), part.view().ttl(), now));
      }
      columns.put(new FeatureReference(part.shownName(), feature), column);
    }
    return columns;
  }

  private Answered judge(
      @org.jspecify.annotations.Nullable StoredValue stored, Duration ttl, Instant now) {
    if (stored == null) {
      return Answered.NOT_FOUND;
    }
    Optional<Instant> at = Optional.of(stored.eventTime());
    boolean tooOld =
        settings.enforceTtl() && ttl.isPositive() && stored.eventTime().isBefore(now.minus(ttl));
    if (tooOld) {
      return new Answered(ValueStatus.OUTSIDE_MAX_AGE, Optional.empty(), at);
    }
    return stored.value().isEmpty()
        ? new Answered(ValueStatus.NULL, Optional.empty(), at)
        : new Answered(ValueStatus.PRESENT, stored.value(), at);
  }
}
