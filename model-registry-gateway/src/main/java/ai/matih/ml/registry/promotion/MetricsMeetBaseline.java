package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.BaselineRule;
import ai.matih.ml.registry.model.Direction;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The version's metrics against the declared bars, absolute and relative to today's Production. No
 * declared bar is not met.
 */
final class MetricsMeetBaseline implements Guard {

  @Override
  public String rule() {
    return "metrics meet the declared baseline";
  }

  @Override
  public Verdict judge(Facts facts) {
    Policy policy = facts.policy().policy();
    if (policy.baseline().isEmpty()) {
      return Verdict.notMet(
          "BaselineMissing", "Declare a baseline with PUT .../policy; without one nothing passes.");
    }
    ModelVersion version = facts.version();
    if (version.provenance() == Provenance.SELF_REPORTED && !policy.acceptsSelfReportedMetrics()) {
      return Verdict.notMet(
          "SelfReported",
          "The metrics are self-reported and the policy does not accept that. "
              + version.provenanceReason());
    }
    List<String> met = new ArrayList<>();
    for (BaselineRule rule : policy.baseline()) {
      Optional<Double> measured = version.evaluation().metric(rule.metric());
      if (measured.isEmpty()) {
        return Verdict.notMet("MetricMissing", "The version has no metric " + rule.metric() + ".");
      }
      double value = measured.get();
      if (rule.min().isPresent() && value < rule.min().get()) {
        return Verdict.notMet(
            "BelowMinimum",
            "%s is %s, the minimum is %s.".formatted(rule.metric(), value, rule.min().get()));
      }
      if (rule.max().isPresent() && value > rule.max().get()) {
        return Verdict.notMet(
            "AboveMaximum",
            "%s is %s, the maximum is %s.".formatted(rule.metric(), value, rule.max().get()));
      }
      if (rule.notWorseThanProduction().isPresent() && facts.production().isPresent()) {
        Optional<Verdict> worse =
            comparedWith(
                facts.production().get(),
                rule,
                rule.notWorseThanProduction().get().allowed(),
                version,
                value);
        if (worse.isPresent()) {
          return worse.get();
        }
      }
      met.add(rule.metric() + " = " + value);
    }
    return Verdict.met("BaselineMet", String.join(", ", met) + ".");
  }

  /** What speaks against the version beside Production; empty when nothing does. */
  private static Optional<Verdict> comparedWith(
      ModelVersion production,
      BaselineRule rule,
      double allowed,
      ModelVersion version,
      double value) {
    Optional<Double> today = production.evaluation().metric(rule.metric());
    if (today.isEmpty()) {
      return Optional.of(
          Verdict.notMet(
              "NothingToCompare",
              "Version %s in Production has no metric %s."
                  .formatted(production.number(), rule.metric())));
    }
    Optional<String> data = version.evaluation().datasetDigest();
    if (data.isEmpty() || !data.equals(production.evaluation().datasetDigest())) {
      return Optional.of(
          Verdict.notMet(
              "OtherData",
              "It was not evaluated on the data of version %s in Production, so the two cannot be compared."
                  .formatted(production.number())));
    }
    double worseBy =
        rule.better() == Direction.MAXIMIZE ? today.get() - value : value - today.get();
    return worseBy > allowed
        ? Optional.of(
            Verdict.notMet(
                "WorseThanProduction",
                "%s is %s; version %s in Production has %s, and %s worse is allowed."
                    .formatted(rule.metric(), value, production.number(), today.get(), allowed)))
        : Optional.empty();
  }
}
