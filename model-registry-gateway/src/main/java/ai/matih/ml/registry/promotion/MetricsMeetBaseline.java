package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Measurement;
import ai.matih.ml.registry.model.BaselineRule;
import ai.matih.ml.registry.model.MetricNames;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Policy.EvaluationData;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The version's metrics against the declared bars, absolute and relative to today's Production. No
 * declared bar is not met.
 *
 * <p>What counts is the platform's own evaluation on the data that the policy names. Where it names
 * none, what the platform's training job measured counts; and what somebody reports of their own
 * run, only where the policy says so.
 */
final class MetricsMeetBaseline extends Guard {

  /**
   * Numbers that count, and where they come from.
   *
   * @param data names what they were measured on; two compare only on the same
   * @param evidence that carries them, where it is not the version itself
   */
  private record Numbers(
      Map<String, Double> metrics, Optional<String> data, Optional<UUID> evidence) {

    Optional<Double> metric(String name) {
      return Optional.ofNullable(metrics.get(name)).filter(Double::isFinite);
    }

    /** Of those that are numbers. */
    List<String> names() {
      return metrics.keySet().stream().filter(name -> metric(name).isPresent()).sorted().toList();
    }
  }

  /** Either the numbers, or why there are none. */
  private sealed interface Found {
    record Have(Numbers numbers) implements Found {}

    record Lack(Verdict verdict) implements Found {}
  }

  MetricsMeetBaseline() {
    super("metrics meet the declared baseline", Who.REQUESTER, null);
  }

  @Override
  Verdict judge(Facts facts) {
    Policy policy = facts.policy().policy();
    if (policy.baseline().isEmpty()) {
      return Verdict.notMet(
          "BaselineMissing", "Declare a baseline with PUT .../policy; without one nothing passes.");
    }
    return switch (numbers(policy, facts.version(), facts.evidence())) {
      case Found.Lack(Verdict verdict) -> verdict;
      case Found.Have(Numbers numbers) -> judge(facts, policy, numbers);
    };
  }

  private static Found numbers(Policy policy, ModelVersion version, List<Evidence> evidence) {
    if (policy.evaluation().isPresent()) {
      return evaluated(policy.evaluation().get(), version, evidence);
    }
    if (version.provenance() == Provenance.SELF_REPORTED && !policy.acceptsSelfReportedMetrics()) {
      return new Found.Lack(
          Verdict.notMet(
              "SelfReported",
              "The metrics are self-reported and the policy does not accept that. "
                  + version.provenanceReason()));
    }
    return new Found.Have(
        new Numbers(
            version.evaluation().metrics(),
            version.evaluation().datasetDigest(),
            Optional.empty()));
  }

  /** The platform's latest evaluation of exactly these files on exactly this data. */
  private static Found evaluated(
      EvaluationData data, ModelVersion version, List<Evidence> evidence) {
    Optional<Evidence> failed = Optional.empty();
    Optional<Found> measured = Optional.empty();
    for (Evidence one : evidence) {
      if (!one.kind().equals(Evidence.PLATFORM_EVALUATION)
          || one.source() != Evidence.Source.PLATFORM
          || !one.isAbout(version)) {
        continue;
      }
      Optional<Measurement> here =
          Measurement.of(one).filter(m -> data.isOf(m.dataDigest(), m.targetColumn()));
      if (here.isPresent()) {
        measured =
            Optional.of(
                new Found.Have(
                    new Numbers(
                        here.get().metrics(),
                        Optional.of(here.get().dataDigest()),
                        Optional.of(one.id()))));
      } else if (!one.hasPassed()) {
        failed = Optional.of(one);
      }
    }
    if (measured.isPresent()) {
      return measured.get();
    }
    if (failed.isPresent()) {
      return new Found.Lack(
          Verdict.notMet(
              "EvaluationFailed",
              "Version %s could not be evaluated: %s Once the reason is gone, ask again with POST .../validate."
                  .formatted(version.number(), failed.get().checks().getFirst().detail()),
              failed.get().id()));
    }
    return new Found.Lack(
        Verdict.notMet(
            "NotEvaluated",
            "The platform has not evaluated version %s on %s yet; ask for it with POST .../validate."
                .formatted(version.number(), data.dataset())));
  }

  private static Verdict judge(Facts facts, Policy policy, Numbers numbers) {
    List<String> met = new ArrayList<>();
    Set<UUID> used = new LinkedHashSet<>();
    numbers.evidence().ifPresent(used::add);
    for (BaselineRule rule : policy.baseline()) {
      Optional<Double> measured = numbers.metric(rule.metric());
      if (measured.isEmpty()) {
        return notMet(
                used,
                "MetricMissing",
                "The version has no metric %s. %s"
                    .formatted(
                        rule.metric(), MetricNames.insteadOf(rule.metric(), numbers.names())))
            .with("metrics", numbers.names())
            .with("close", MetricNames.closeTo(rule.metric(), numbers.names()));
      }
      double value = measured.get();
      if (rule.min().isPresent() && value < rule.min().get()) {
        return notMet(
            used,
            "BelowMinimum",
            "%s is %s, the minimum is %s.".formatted(rule.metric(), value, rule.min().get()));
      }
      if (rule.max().isPresent() && value > rule.max().get()) {
        return notMet(
            used,
            "AboveMaximum",
            "%s is %s, the maximum is %s.".formatted(rule.metric(), value, rule.max().get()));
      }
      if (rule.notWorseThanProduction().isPresent() && facts.production().isPresent()) {
        ModelVersion production = facts.production().get();
        switch (todays(policy, production, facts.productionEvidence())) {
          case Found.Lack(Verdict verdict) -> {
            return verdict;
          }
          case Found.Have(Numbers today) -> {
            today.evidence().ifPresent(used::add);
            Optional<Verdict> worse = comparedWith(production, today, rule, numbers);
            if (worse.isPresent()) {
              return worse.get();
            }
          }
        }
      }
      met.add(rule.metric() + " = " + value);
    }
    return Verdict.met("BaselineMet", String.join(", ", met) + ".", used.toArray(UUID[]::new));
  }

  private static Verdict notMet(Set<UUID> used, String reason, String message) {
    return Verdict.notMet(reason, message, used.toArray(UUID[]::new));
  }

  /** Production's numbers; without evaluation data, those that it brought with it. */
  private static Found todays(Policy policy, ModelVersion production, List<Evidence> evidence) {
    return policy.evaluation().isPresent()
        ? evaluated(policy.evaluation().get(), production, evidence)
        : new Found.Have(
            new Numbers(
                production.evaluation().metrics(),
                production.evaluation().datasetDigest(),
                Optional.empty()));
  }

  /** What speaks against the version beside Production; empty when nothing does. */
  private static Optional<Verdict> comparedWith(
      ModelVersion production, Numbers todays, BaselineRule rule, Numbers numbers) {
    Optional<Double> today = todays.metric(rule.metric());
    if (today.isEmpty()) {
      return Optional.of(
          Verdict.notMet(
              "NothingToCompare",
              "Version %s in Production has no metric %s. %s"
                  .formatted(
                      production.number(),
                      rule.metric(),
                      MetricNames.insteadOf(rule.metric(), todays.names()))));
    }
    if (numbers.data().isEmpty() || !numbers.data().equals(todays.data())) {
      return Optional.of(
          Verdict.notMet(
              "OtherData",
              "It was not evaluated on the data of version %s in Production, so the two cannot be compared."
                  .formatted(production.number())));
    }
    double value = numbers.metric(rule.metric()).orElseThrow();
    double allowed = rule.notWorseThanProduction().orElseThrow().allowed();
    return rule.worseBy(value, today.get()) > allowed
        ? Optional.of(
            Verdict.notMet(
                "WorseThanProduction",
                "%s is %s; version %s in Production has %s, and %s worse is allowed."
                    .formatted(rule.metric(), value, production.number(), today.get(), allowed)))
        : Optional.empty();
  }
}
