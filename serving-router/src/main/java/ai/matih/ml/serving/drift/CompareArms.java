package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.drift.ArmComparison.Method;
import ai.matih.ml.serving.sketch.Arm;
import ai.matih.ml.serving.sketch.Reference;
import ai.matih.ml.serving.sketch.Watched;
import ai.matih.ml.serving.sketch.Watched.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what the arms of a model are asked, input by input. An experiment sends each arm a
 * random share of the same population, so arms that differ are not explained by the population.
 */
final class CompareArms {

  /** Means that are nearer are alike: it is about as far as a stability index of 0.1. */
  private static final double NEAR = 0.3;

  private CompareArms() {}

  /** One input on one arm. */
  @SuppressWarnings("ArrayRecordComponent") // counts that nobody changes or compares
  private record Seen(JudgedFeature feature, double[] counts, Moments moments) {}

  private record Moments(double rows, double mean, double variance) {}

  /** What a comparison found, before it is corrected. */
  private record Found(Method method, double pValue, boolean far) {}

  /** All inputs that any arm has; pinned calls are no share of the population. */
  static List<ArmComparison> of(List<JudgedArm> arms, DriftRules rules) {
    Map<String, List<Seen>> inputs = new LinkedHashMap<>();
    for (JudgedArm arm : arms) {
      if (!arm.counted().arm().variant().equals(Arm.PINNED)
          && arm.counted().tally().rows() >= rules.minRows()) {
        collect(arm, inputs);
      }
    }
    List<Found> found = inputs.values().stream().map(CompareArms::compare).toList();
    double[] adjusted = Holm.adjusted(found.stream().map(Found::pValue).toList());
    List<ArmComparison> comparisons = new ArrayList<>();
    int i = 0;
    for (Map.Entry<String, List<Seen>> input : inputs.entrySet()) {
      boolean compared = found.get(i).method() != Method.NONE;
      boolean differ = found.get(i).far() && adjusted[i] < rules.falseAlarmRate();
      comparisons.add(
          new ArmComparison(
              input.getKey(),
              found.get(i).method(),
              compared ? Optional.of(adjusted[i]) : Optional.empty(),
              differ,
              cause(input.getValue(), differ)));
      i++;
    }
    return comparisons;
  }

  /** The one cause of all that drifted. */
  static Cause overall(List<ArmComparison> comparisons) {
    Set<Cause> causes = new HashSet<>();
    comparisons.forEach(comparison -> causes.add(comparison.cause()));
    causes.remove(Cause.NONE);
    return causes.isEmpty()
        ? Cause.NONE
        : causes.size() == 1 ? causes.iterator().next() : Cause.MIXED;
  }

  private static void collect(JudgedArm arm, Map<String, List<Seen>> inputs) {
    Map<String, JudgedFeature> judged = new LinkedHashMap<>();
    arm.inputs().forEach(feature -> judged.put(feature.name(), feature));
    List<Watched> watched = arm.counted().reference().watched();
    for (int i = 0; i < watched.size(); i++) {
      JudgedFeature feature = judged.get(watched.get(i).name());
      if (feature != null && watched.get(i).role() == Watched.Role.INPUT) {
        inputs
            .computeIfAbsent(feature.name(), _ -> new ArrayList<>())
            .add(
                new Seen(
                    feature,
                    Divergence.doubles(feature.divergence().live()),
                    moments(feature, arm.counted().tally().sums(), Reference.SUMS * i)));
      }
    }
  }

  private static Moments moments(JudgedFeature feature, double[] sums, int at) {
    long[] live = feature.divergence().live();
    double rows = (double) (feature.divergence().rows() - live[Watched.MISSING]);
    double distance = rows == 0 ? 0 : sums[at] / rows;
    double variance = rows == 0 ? 0 : Math.max(0, sums[at + 1] / rows - distance * distance);
    return new Moments(rows, feature.divergence().watched().center() + distance, variance);
  }

  private static Found compare(List<Seen> seen) {
    if (seen.size() < 2) {
      return new Found(Method.NONE, 1, false);
    }
    Watched first = seen.getFirst().feature().divergence().watched();
    boolean sameCells =
        seen.stream()
            .map(one -> one.feature().divergence().watched())
            .allMatch(
                other ->
                    other.kind() == first.kind()
                        && other.edges().equals(first.edges())
                        && other.categories().equals(first.categories()));
    if (sameCells) {
      return counts(seen.stream().map(Seen::counts).toList());
    }
    return seen.stream().allMatch(one -> kind(one) == Kind.NUMBERS)
        ? means(seen)
        : seen.stream().allMatch(one -> kind(one) == Kind.CATEGORIES)
            ? counts(inCommonCategories(seen))
            : new Found(Method.NONE, 1, false);
  }

  private static Kind kind(Seen seen) {
    return seen.feature().divergence().watched().kind();
  }

  private static Found counts(List<double[]> counts) {
    double[][] joined = CommonCells.of(counts.toArray(double[][]::new));
    boolean far = false;
    for (int i = 0; i < joined.length; i++) {
      double[] others = new double[joined[i].length];
      for (int j = 0; j < joined.length; j++) {
        for (int cell = 0; cell < others.length && j != i; cell++) {
          others[cell] += joined[j][cell];
        }
      }
      double excess =
          Distances.stabilityIndex(others, joined[i])
              - Distances.expectedStabilityIndex(
                  others.length, Distances.total(others), Distances.total(joined[i]));
      far |= excess >= Severity.LOW.from();
    }
    return new Found(Method.CHI_SQUARE, ChiSquare.of(joined).pValue(), far);
  }

  /** Every pair by Welch's statistic, which is normal for as many rows as there are here. */
  private static Found means(List<Seen> seen) {
    double smallest = 1;
    int pairs = 0;
    boolean far = false;
    for (int i = 0; i < seen.size(); i++) {
      for (int j = 0; j < i; j++) {
        Moments a = seen.get(i).moments();
        Moments b = seen.get(j).moments();
        double error = a.variance() / a.rows() + b.variance() / b.rows();
        double difference = a.mean() - b.mean();
        if (a.rows() > 0 && b.rows() > 0) {
          pairs++;
          double p =
              error > 0
                  ? TailProbability.normal(difference / Math.sqrt(error))
                  : difference == 0 ? 1 : 0;
          smallest = Math.min(smallest, p);
          far |=
              Math.abs(difference) >= NEAR * Math.sqrt((a.variance() + b.variance()) / 2)
                  && difference != 0;
        }
      }
    }
    return new Found(Method.MEANS, Math.min(1, smallest * Math.max(1, pairs)), far);
  }

  /** Missing, the categories that all know, and the rest. */
  private static List<double[]> inCommonCategories(List<Seen> seen) {
    List<String> common =
        new ArrayList<>(seen.getFirst().feature().divergence().watched().categories());
    seen.forEach(one -> common.retainAll(one.feature().divergence().watched().categories()));
    List<double[]> result = new ArrayList<>();
    for (Seen one : seen) {
      List<String> own = one.feature().divergence().watched().categories();
      double[] counts = new double[common.size() + 2];
      for (int cell = 0; cell < one.counts().length; cell++) {
        int place =
            cell == Watched.MISSING
                ? 0
                : cell > own.size() ? -1 : common.indexOf(own.get(cell - 1)) + 1;
        counts[cell == Watched.MISSING || place > 0 ? place : common.size() + 1] +=
            one.counts()[cell];
      }
      result.add(counts);
    }
    return result;
  }

  private static Cause cause(List<Seen> seen, boolean differ) {
    long drifted =
        seen.stream().filter(one -> one.feature().severity().isAtLeast(Severity.LOW)).count();
    if (drifted == 0) {
      return Cause.NONE;
    }
    if (seen.size() == 1) {
      return Cause.ONE_ARM;
    }
    if (differ) {
      return Cause.ARM;
    }
    long references =
        seen.stream()
            .map(one -> one.feature().divergence().watched())
            .map(known -> List.of(known.edges(), known.categories(), known.expected()))
            .distinct()
            .count();
    return drifted < seen.size() && references > 1 ? Cause.TRAINING_DATA : Cause.POPULATION;
  }
}
