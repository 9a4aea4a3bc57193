package ai.matih.ml.serving.abtest;

import java.util.List;

/** What was counted on both arms, and what could not be. */
public record Tally(
    ArmTally control, ArmTally challenger, Uncounted uncounted, List<GuardrailTally> guardrails) {

  public static final Tally NOTHING =
      new Tally(ArmTally.NOTHING, ArmTally.NOTHING, Uncounted.NOTHING, List.of());

  public Tally {
    guardrails = List.copyOf(guardrails);
  }

  /** What was counted of another metric. */
  public record GuardrailTally(String metric, ArmTally control, ArmTally challenger) {}

  /** What was counted of a guardrail's metric. */
  public GuardrailTally of(Guardrail guardrail) {
    return guardrails.stream()
        .filter(tally -> tally.metric().equals(guardrail.metric()))
        .findFirst()
        .orElseGet(
            () ->
                new GuardrailTally(
                    guardrail.metric(),
                    ArmTally.ofUnits(control.units()),
                    ArmTally.ofUnits(challenger.units())));
  }

  /**
   * Outcomes that were told for a test and count on no arm.
   *
   * @param waiting that no router has exposed anybody for; they count once one does
   * @param dropped that waited and made room for later ones
   * @param tooOld of before the test, or of before the exposure
   */
  public record Uncounted(long waiting, long dropped, long tooOld) {

    public static final Uncounted NOTHING = new Uncounted(0, 0, 0);
  }
}
