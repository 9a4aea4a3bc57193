package ai.matih.ml.registry.promotion;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.List;
import java.util.Set;

/** A live test of exactly these files against exactly the files of today's Production. */
final class AbTestShowsImprovement extends Guard {

  AbTestShowsImprovement() {
    super(
        "A/B test shows improvement, or there is no Production yet",
        Who.ENGINEER,
        null,
        Question.AB_TESTS);
  }

  @Override
  Verdict judge(Facts facts) {
    if (facts.production().isEmpty()) {
      return Verdict.notApplicable(
          "NoProduction", "The model has no Production version to compare with.");
    }
    ModelVersion production = facts.production().get();
    return facts.abTests().judge(tests -> judge(facts, production, tests));
  }

  private static Verdict judge(Facts facts, ModelVersion production, List<AbTest> tests) {
    Digest mine = facts.version().bundle().digest();
    Digest todays = production.bundle().digest();
    List<AbTest> ofMine = tests.stream().filter(test -> test.digest().equals(mine)).toList();
    List<AbTest> counting =
        ofMine.stream().filter(test -> test.control().filter(todays::equals).isPresent()).toList();
    if (counting.stream().anyMatch(test -> test.verdict() == AbVerdict.WORSE)) {
      return Verdict.notMet("Worse", "A live test found these files worse than Production.");
    }
    Set<AbVerdict> accepted = facts.policy().policy().acceptedVerdicts();
    if (counting.stream().anyMatch(test -> accepted.contains(test.verdict()))) {
      return Verdict.met("Improved", "A live test speaks for these files.");
    }
    if (ofMine.stream()
        .anyMatch(test -> test.open() && test.control().filter(c -> !c.equals(todays)).isEmpty())) {
      return Verdict.notMet(
          "TestRunning",
          "A live test of these files is under way; send it predictions and outcomes, GET /models/%s/ab-tests has its numbers."
              .formatted(facts.model().id().slug()));
    }
    return counting.stream()
        .filter(test -> test.verdict() != AbVerdict.NONE)
        .findFirst()
        .map(AbTestShowsImprovement::afterTheLast)
        .orElseGet(() -> untested(production, ofMine));
  }

  /** What the newest test that counts leaves to do. */
  private static Verdict afterTheLast(AbTest last) {
    return switch (last.verdict()) {
      case INVALID ->
          Verdict.notMet(
              "TestInvalid",
              "The numbers of the last live test cannot be trusted; its reason says why. Mend that"
                  + " and test again.");
      case NOT_WORSE ->
          Verdict.notMet(
              "NoImprovement",
              "The last live test found these files not worse, and the policy asks for better. Test"
                  + " longer, or let the policy accept not_worse.");
      case BETTER, WORSE, INCONCLUSIVE, NONE ->
          Verdict.notMet(
              "NoImprovement",
              "The last live test ended before it could tell. Test again: longer, with a larger"
                  + " share, or on an outcome that comes more often.");
    };
  }

  private static Verdict untested(ModelVersion production, List<AbTest> ofMine) {
    boolean againstOthers =
        ofMine.stream()
            .anyMatch(
                test ->
                    test.control()
                        .filter(c -> !c.equals(production.bundle().digest()))
                        .isPresent());
    return againstOthers
        ? Verdict.notMet(
            "OtherProduction",
            "These files were tested against others than Production's of today, which is version %s; run an A/B test against that."
                .formatted(production.number()))
        : Verdict.notMet(
            "NotTested", "Run an A/B test of this version against Production; there is none yet.");
  }
}
