package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Measurement;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.model.BaselineRule;
import ai.matih.ml.registry.model.Policy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Reports that came after an approval and speak against it: one that fails in something in which
 * the report of its kind before it did not, or an evaluation with a metric that misses its bar.
 * What passes agrees, and what could not be made says nothing.
 *
 * @param production the measurement of today's Production on the policy's data, where there is one
 */
record Contradictions(Policy policy, Optional<Measurement> production) {

  static Contradictions under(Policy policy, List<Evidence> productionEvidence) {
    return new Contradictions(
        policy,
        productionEvidence.stream()
            .flatMap(one -> counting(policy, one).stream())
            .reduce((_, later) -> later));
  }

  private static Optional<Measurement> counting(Policy policy, Evidence report) {
    return Measurement.of(report)
        .filter(
            m ->
                policy
                    .evaluation()
                    .filter(data -> data.isOf(m.dataDigest(), m.targetColumn()))
                    .isPresent());
  }

  /**
   * The first one, in words; empty when nothing speaks against it. Each report is compared with the
   * one before it, so that it does not matter when somebody looks.
   *
   * @param seen the reports that were there when somebody approved
   * @param evidence of the version, oldest first
   */
  Optional<String> first(Collection<UUID> seen, List<Evidence> evidence) {
    Map<String, Evidence> before = new HashMap<>();
    for (Evidence report : evidence) {
      Optional<Evidence> earlier =
          Optional.ofNullable(before.put(ApprovalBasis.series(report), report));
      if (!seen.contains(report.id())) {
        TreeSet<String> faults = faults(report);
        boolean more =
            report.counts().failed() + report.counts().errors()
                > earlier.map(one -> one.counts().failed() + one.counts().errors()).orElse(0);
        boolean others = !earlier.map(this::faults).orElseGet(TreeSet::new).containsAll(faults);
        if (more || others) {
          return Optional.of(
              "%s contradicts it: %s".formatted(report.kind(), String.join(", ", faults)));
        }
      }
    }
    return Optional.empty();
  }

  private TreeSet<String> faults(Evidence report) {
    TreeSet<String> faults = new TreeSet<>();
    for (Check check : report.checks()) {
      if (check.outcome() == Outcome.FAILED) {
        faults.add(check.name());
      }
    }
    if (report.outcome() == Outcome.FAILED && faults.isEmpty()) {
      faults.add("tests failed");
    }
    counting(policy, report)
        .ifPresent(
            measured ->
                policy.baseline().stream()
                    .filter(
                        rule ->
                            rule.isMissedBy(
                                measured.metric(rule.metric()),
                                production.flatMap(today -> today.metric(rule.metric()))))
                    .map(BaselineRule::metric)
                    .forEach(faults::add));
    return faults;
  }
}
