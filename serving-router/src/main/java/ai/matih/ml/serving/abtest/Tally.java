package ai.matih.ml.serving.abtest;

/** What was counted on both arms. */
public record Tally(ArmTally control, ArmTally challenger) {

  public static final Tally NOTHING = new Tally(ArmTally.NOTHING, ArmTally.NOTHING);
}
