package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.model.BaselineRule;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Policy.AbTest;
import ai.matih.ml.registry.model.Policy.Approvals;
import ai.matih.ml.registry.model.Policy.Drain;
import ai.matih.ml.registry.model.Policy.EvaluationData;
import ai.matih.ml.registry.model.Policy.Shadow;
import ai.matih.ml.registry.model.PolicyRevision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A policy with every default spelled out. It can be sent back as it is.
 *
 * @param warnings what looks like a mistake in it, for example a metric that no version has
 */
record PolicyAnswer(
    int revision,
    List<BaselineRule> baseline,
    List<String> requiredTests,
    Approvals approvals,
    AbTest abTest,
    Optional<Shadow> shadow,
    Drain drain,
    boolean acceptSelfReportedMetrics,
    Optional<EvaluationData> evaluation,
    Optional<Duration> latencyBudget,
    String changedBy,
    Instant changedAt,
    List<String> warnings) {

  static PolicyAnswer of(PolicyRevision revision, List<String> warnings) {
    Policy policy = revision.policy();
    return new PolicyAnswer(
        revision.revision(),
        policy.baseline(),
        policy.requiredTests(),
        new Approvals(policy.approvalsNeeded(), Optional.of(policy.approvalsExpireAfter())),
        new AbTest(policy.acceptedVerdicts()),
        policy.shadow().map(PolicyAnswer::spelledOut),
        new Drain(policy.quietPeriod()),
        policy.acceptsSelfReportedMetrics(),
        policy.evaluation(),
        policy.latencyBudget(),
        revision.changedBy(),
        revision.changedAt(),
        warnings);
  }

  private static Shadow spelledOut(Shadow shadow) {
    return new Shadow(
        shadow.minRows(),
        Optional.of(shadow.requestsNeeded()),
        Optional.of(shadow.sampleNeeded()),
        shadow.minAgreement(),
        shadow.maxMeanScoreShift(),
        Optional.of(shadow.unansweredAtMost()));
  }
}
