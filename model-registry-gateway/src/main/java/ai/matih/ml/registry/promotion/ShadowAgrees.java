package ai.matih.ml.registry.promotion;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.List;
import java.util.Optional;

/** Exactly these files answered copies of live requests as today's Production did, where asked. */
final class ShadowAgrees extends Guard {

  ShadowAgrees() {
    super("shadow agrees, where the policy asks", Who.ENGINEER, null, Question.SHADOWS);
  }

  @Override
  Verdict judge(Facts facts) {
    Optional<Policy.Shadow> asked = facts.policy().policy().shadow();
    if (asked.isEmpty()) {
      return Verdict.notApplicable("NoneRequired", "The policy asks for no shadow.");
    }
    if (facts.production().isEmpty()) {
      return Verdict.notApplicable(
          "NoProduction", "The model has no Production version to compare with.");
    }
    ModelVersion production = facts.production().get();
    Digest mine = facts.version().bundle().digest();
    return facts
        .shadows()
        .judge(
            all ->
                all.stream()
                    .filter(one -> one.digest().equals(mine))
                    .filter(one -> one.with().equals(production.number()))
                    .findFirst()
                    .map(newest -> judge(asked.get(), newest))
                    .orElseGet(() -> unseen(asked.get(), production, all)));
  }

  private static Verdict judge(Policy.Shadow asked, ShadowComparison seen) {
    if (seen.rows() < asked.minRows()) {
      return Verdict.notMet(
          "TooFewRows",
          "The shadow answered %d rows beside Production, and the policy asks for %d."
              .formatted(seen.rows(), asked.minRows()));
    }
    double unanswered = (double) seen.unanswered() / (seen.unanswered() + seen.answers());
    if (unanswered > asked.unansweredAtMost()) {
      return Verdict.notMet(
          "Unanswered",
          "The shadow gave no comparable answer to %d of %d copies, and the policy allows a share of %s."
              .formatted(
                  seen.unanswered(), seen.unanswered() + seen.answers(), asked.unansweredAtMost()));
    }
    if (asked.minAgreement().isPresent()) {
      double wanted = asked.minAgreement().get();
      if (seen.agreement().isEmpty()) {
        return Verdict.notMet(
            "NoClasses",
            "The answers have no classes that could agree; let the policy ask for max_mean_score_shift.");
      }
      if (seen.agreement().get() < wanted) {
        return Verdict.notMet(
            "Disagrees",
            "The shadow agrees with Production on a share of %.4f of the rows, and the policy asks for %s."
                .formatted(seen.agreement().get(), wanted));
      }
    }
    if (asked.maxMeanScoreShift().isPresent()
        && seen.meanScoreShift().orElse(Double.POSITIVE_INFINITY)
            > asked.maxMeanScoreShift().get()) {
      return Verdict.notMet(
          "Shifted",
          "The shadow's scores differ from Production's by %.6g a row, and the policy allows %s."
              .formatted(
                  seen.meanScoreShift().orElse(Double.POSITIVE_INFINITY),
                  asked.maxMeanScoreShift().get()));
    }
    return Verdict.met(
        "Agrees", "The shadow answered %d rows as the policy asks.".formatted(seen.rows()));
  }

  private static Verdict unseen(
      Policy.Shadow asked, ModelVersion production, List<ShadowComparison> others) {
    return others.isEmpty()
        ? Verdict.notMet(
            "NotShadowed",
            "Deploy this version with the strategy shadow; the policy asks for %d rows beside Production."
                .formatted(asked.minRows()))
        : Verdict.notMet(
            "OtherProduction",
            "No shadow of these files ran beside Production's of today, which is version %s; deploy this version with the strategy shadow."
                .formatted(production.number()));
  }
}
