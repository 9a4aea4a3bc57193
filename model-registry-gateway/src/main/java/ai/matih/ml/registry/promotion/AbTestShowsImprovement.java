package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A live test against today's Production, on exactly these files. */
final class AbTestShowsImprovement implements Guard {

  @Override
  public String rule() {
    return "A/B test shows improvement, or there is no Production yet";
  }

  @Override
  public Set<Question> asks() {
    return Set.of(Question.AB_TESTS);
  }

  @Override
  public Who fixedBy() {
    return Who.ENGINEER;
  }

  @Override
  public Optional<String> neverOverridden(Facts facts) {
    return Optional.empty();
  }

  @Override
  public Verdict judge(Facts facts) {
    if (facts.production().isEmpty()) {
      return Verdict.notApplicable(
          "NoProduction", "The model has no Production version to compare with.");
    }
    return facts.abTests().judge(tests -> judge(facts, tests));
  }

  private static Verdict judge(Facts facts, List<AbTest> tests) {
    Set<AbVerdict> verdicts =
        tests.stream()
            .filter(test -> test.digest().equals(facts.version().bundle().digest()))
            .map(AbTest::verdict)
            .collect(Collectors.toSet());
    if (verdicts.contains(AbVerdict.WORSE)) {
      return Verdict.notMet("Worse", "A live test found these files worse than Production.");
    }
    if (verdicts.stream().anyMatch(facts.policy().policy().acceptedVerdicts()::contains)) {
      return Verdict.met("Improved", "A live test speaks for these files.");
    }
    String found =
        verdicts.stream()
            .map(verdict -> verdict.name().toLowerCase(Locale.ROOT))
            .sorted()
            .collect(Collectors.joining(", "));
    return found.isEmpty() || found.equals("none")
        ? Verdict.notMet(
            "NotTested", "Run an A/B test of this version against Production; there is none yet.")
        : Verdict.notMet("NoImprovement", "The live tests of these files say: " + found + ".");
  }
}
