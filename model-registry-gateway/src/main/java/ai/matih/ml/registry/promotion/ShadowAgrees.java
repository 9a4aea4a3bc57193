package ai.matih.ml.registry.promotion;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Exactly these files answered copies of live requests as today's Production did, where asked. The
 * newest shadow has to show it. Those before it are not forgotten: on enough rows, neither one of
 * them nor all together may differ, or whoever asks for the move could try until it fits.
 */
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
                judge(
                    asked.get(),
                    production,
                    all.stream().filter(one -> one.digest().equals(mine)).toList()));
  }

  private static Verdict judge(
      Policy.Shadow asked, ModelVersion production, List<ShadowComparison> ofMine) {
    List<ShadowComparison> counting =
        ofMine.stream().filter(one -> one.with().equals(production.number())).toList();
    if (counting.isEmpty()) {
      return unseen(asked, production, ofMine);
    }
    ShadowComparison newest = counting.getFirst();
    return difference(asked, counting)
        .or(() -> shortcoming(asked, newest).map(verdict -> with(newest, verdict)))
        .orElseGet(
            () ->
                with(
                    newest,
                    Verdict.met(
                        "Agrees",
                        "The shadow answered %d rows as the policy asks."
                            .formatted(newest.rows()))));
  }

  /** What speaks against these files, whichever shadow showed it. */
  private static Optional<Verdict> difference(
      Policy.Shadow asked, List<ShadowComparison> counting) {
    List<ShadowComparison> all = new ArrayList<>(counting);
    if (counting.size() > 1) {
      all.add(together(counting));
    }
    return all.stream()
        .filter(one -> one.rows() >= asked.minRows())
        .flatMap(one -> difference(asked, one).map(verdict -> with(one, verdict)).stream())
        .findFirst();
  }

  private static Optional<Verdict> difference(Policy.Shadow asked, ShadowComparison seen) {
    double agreement = seen.agreement().orElse(1.0);
    if (asked.minAgreement().isPresent() && agreement < asked.minAgreement().get()) {
      return Optional.of(
          Verdict.notMet(
              "Disagrees",
              "On %d rows, these files agree with Production on a share of %.4f, and the policy asks for %s."
                  .formatted(seen.rows(), agreement, asked.minAgreement().get())));
    }
    double shift = seen.meanScoreShift().orElse(Double.POSITIVE_INFINITY);
    if (asked.maxMeanScoreShift().isPresent() && shift > asked.maxMeanScoreShift().get()) {
      return Optional.of(
          Verdict.notMet(
              "Shifted",
              "On %d rows, the scores of these files differ from Production's by %.6g a row, and the policy allows %s."
                  .formatted(seen.rows(), shift, asked.maxMeanScoreShift().get())));
    }
    return Optional.empty();
  }

  /** What the newest shadow still lacks. */
  private static Optional<Verdict> shortcoming(Policy.Shadow asked, ShadowComparison newest) {
    if (newest.sampleBps() < asked.sampleNeeded()) {
      return Optional.of(
          Verdict.notMet(
              "SmallSample",
              "The shadow's sample_bps is %d, and the policy asks for %d; deploy it with that, which starts a new shadow."
                  .formatted(newest.sampleBps(), asked.sampleNeeded())));
    }
    if (newest.rows() < asked.minRows()) {
      return Optional.of(
          Verdict.notMet(
              "TooFewRows",
              "The shadow answered %d rows beside Production, and the policy asks for %d."
                  .formatted(newest.rows(), asked.minRows())));
    }
    if (newest.answers() < asked.requestsNeeded()) {
      return Optional.of(
          Verdict.notMet(
              "TooFewRequests",
              "The shadow answered %d requests beside Production, and the policy asks for %d."
                  .formatted(newest.answers(), asked.requestsNeeded())));
    }
    long without = newest.unanswered() + newest.dropped();
    long copies = newest.answers() + without;
    if ((double) without / copies > asked.unansweredAtMost()) {
      return Optional.of(
          Verdict.notMet(
              "Unanswered",
              "Of %d copies, the shadow gave no comparable answer to %d and %d were dropped; the policy allows a share of %s."
                  .formatted(
                      copies, newest.unanswered(), newest.dropped(), asked.unansweredAtMost())));
    }
    if (asked.minAgreement().isPresent() && newest.agreement().isEmpty()) {
      return Optional.of(
          Verdict.notMet(
              "NoClasses",
              "The answers have no classes that could agree; let the policy ask for max_mean_score_shift."));
    }
    return Optional.empty();
  }

  /** All as one, each row counting the same. */
  private static ShadowComparison together(List<ShadowComparison> all) {
    return new ShadowComparison(
        all.getFirst().digest(),
        all.getFirst().with(),
        all.stream().mapToInt(ShadowComparison::sampleBps).min().orElseThrow(),
        all.stream().mapToLong(ShadowComparison::rows).sum(),
        all.stream().mapToLong(ShadowComparison::answers).sum(),
        all.stream().mapToLong(ShadowComparison::unanswered).sum(),
        all.stream().mapToLong(ShadowComparison::dropped).sum(),
        mean(all, ShadowComparison::agreement),
        mean(all, ShadowComparison::meanScoreShift));
  }

  private static Optional<Double> mean(
      List<ShadowComparison> all, Function<ShadowComparison, Optional<Double>> number) {
    double sum = 0;
    long rows = 0;
    for (ShadowComparison one : all) {
      Optional<Double> seen = number.apply(one);
      if (seen.isPresent()) {
        sum += seen.get() * one.rows();
        rows += one.rows();
      }
    }
    return rows == 0 ? Optional.empty() : Optional.of(sum / rows);
  }

  /** With the numbers that it rests on. */
  private static Verdict with(ShadowComparison seen, Verdict verdict) {
    Verdict facts =
        verdict
            .with("sample_bps", seen.sampleBps())
            .with("rows", seen.rows())
            .with("requests", seen.answers())
            .with("unanswered", seen.unanswered())
            .with("dropped", seen.dropped());
    Verdict agreeing = seen.agreement().map(share -> facts.with("agreement", share)).orElse(facts);
    return seen.meanScoreShift()
        .map(shift -> agreeing.with("mean_score_shift", shift))
        .orElse(agreeing);
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
