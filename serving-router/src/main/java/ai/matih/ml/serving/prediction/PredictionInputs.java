package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.deployment.OnAbsent;
import ai.matih.ml.serving.prediction.FeatureRow.Absence;
import ai.matih.ml.serving.routing.AcceptedInputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes the input of a prediction: the rows of the request, completed from its entities and from
 * the feature store, which is asked only for what is missing.
 */
public final class PredictionInputs {

  private static final int MAX_TOLD = 20;

  private final FeatureStore features;

  public PredictionInputs(FeatureStore features) {
    this.features = features;
  }

  /**
   * The whole input, or a refusal that names each value that is wrong or missing.
   *
   * @param inputs what the version makes of names beside the others with traffic
   */
  PredictionInput of(Question request, Signature signature, AcceptedInputs inputs) {
    BoundRows rows = new BoundRows(request, signature, inputs);
    rows.refuseViolations();
    Map<String, List<Object>> given = request.entitiesFor(signature);
    List<AbsentFeatures> absent =
        given.isEmpty() ? List.of() : completeFromFeatures(rows, given, signature, inputs);
    if (!absent.isEmpty()) {
      refuseAbsent(
          absent,
          request.onAbsent() == OnAbsent.FAIL || inputs.rules().onAbsent() == OnAbsent.FAIL,
          signature,
          inputs);
    }
    return new PredictionInput(rows.complete(), absent);
  }

  /** A feature that may not be missing is never served without; the others as it was asked for. */
  private static void refuseAbsent(
      List<AbsentFeatures> absent, boolean any, Signature signature, AcceptedInputs inputs) {
    List<AbsentFeatures> refused =
        absent.stream().filter(row -> any || isNeeded(row, signature, inputs)).toList();
    if (!refused.isEmpty()) {
      List<AbsentFeatures> told = refused.subList(0, Math.min(refused.size(), MAX_TOLD));
      throw new Problem(
              ServingError.FEATURES_ABSENT,
              told.getFirst().inWords()
                  + (refused.size() == 1
                      ? ""
                      : " %d more rows lack features.".formatted(refused.size() - 1)))
          .with("absent_features", told.stream().map(AbsentFeatures::asParam).toList());
    }
  }

  private static boolean isNeeded(AbsentFeatures row, Signature signature, AcceptedInputs inputs) {
    return row.features().keySet().stream()
        .map(FeatureSource::columnOf)
        .filter(column -> !inputs.rules().defaults().containsKey(column))
        .anyMatch(column -> !signature.columns().get(signature.position(column)).nullable());
  }

  private List<AbsentFeatures> completeFromFeatures(
      BoundRows rows, Map<String, List<Object>> given, Signature signature, AcceptedInputs inputs) {
    Optional<FeatureSource> source = signature.features();
    List<String> joinKeys = source.map(FeatureSource::joinKeys).orElse(List.of());
    Map<String, List<Object>> entities = new LinkedHashMap<>(given);
    for (String key : joinKeys) {
      if (!entities.containsKey(key)) {
        throw Problem.invalid("entities." + key, "is required");
      }
    }
    for (String key : given.keySet()) {
      boolean othersKnow = inputs.ignored().contains(key) || signature.position(key) >= 0;
      if (!joinKeys.contains(key) && !(inputs.hasOthers() && othersKnow)) {
        throw source.isEmpty()
            ? Problem.invalid("entities", "this version takes no features from the store")
            : Problem.invalid("entities." + key, "is not a join key of this version");
      }
    }
    // An entity that is an input too, such as an origin, need not be given twice.
    entities.forEach(
        (key, values) -> {
          int position = signature.position(key);
          for (int row = 0; position >= 0 && row < values.size(); row++) {
            rows.fill(row, position, values.get(row), "entities." + key);
          }
        });
    if (source.isEmpty()) {
      return List.of();
    }
    entities.keySet().retainAll(joinKeys);
    List<Integer> positions = new ArrayList<>();
    for (String reference : source.get().references()) {
      int position = signature.position(FeatureSource.columnOf(reference));
      if (position >= 0) {
        positions.add(position);
      }
    }
    if (!rows.lacksAny(positions)) {
      return List.of();
    }
    List<AbsentFeatures> absent = fillFromStore(rows, source.get(), entities, signature);
    rows.wereAskedFor(positions);
    return absent;
  }

  private List<AbsentFeatures> fillFromStore(
      BoundRows rows,
      FeatureSource source,
      Map<String, List<Object>> entities,
      Signature signature) {
    List<FeatureRow> stored = features.values(source, entities);
    List<AbsentFeatures> absent = new ArrayList<>();
    for (int row = 0; row < stored.size(); row++) {
      for (Map.Entry<String, Object> value : stored.get(row).values().entrySet()) {
        int position = signature.position(FeatureSource.columnOf(value.getKey()));
        if (position >= 0) {
          rows.fill(row, position, value.getValue(), value.getKey());
        }
      }
      SortedMap<String, Absence> lacking = lacking(rows, row, stored.get(row).absent(), signature);
      if (!lacking.isEmpty()) {
        absent.add(new AbsentFeatures(row, entity(entities, row), lacking));
      }
    }
    return absent;
  }

  /** What is absent and was not given by the caller instead. */
  private static SortedMap<String, Absence> lacking(
      BoundRows rows, int row, Map<String, Absence> absent, Signature signature) {
    SortedMap<String, Absence> lacking = new TreeMap<>();
    absent.forEach(
        (reference, absence) -> {
          int position = signature.position(FeatureSource.columnOf(reference));
          if (position >= 0 && !rows.isGiven(row, position)) {
            lacking.put(reference, absence);
          }
        });
    return lacking;
  }

  private static SortedMap<String, Object> entity(Map<String, List<Object>> entities, int row) {
    SortedMap<String, Object> entity = new TreeMap<>();
    entities.forEach((key, values) -> entity.put(key, values.get(row)));
    return entity;
  }
}
