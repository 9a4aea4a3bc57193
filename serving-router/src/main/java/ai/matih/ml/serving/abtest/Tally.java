package ai.matih.ml.serving.abtest;

/** What was counted on both arms, and what could not be. */
public record Tally(ArmTally control, ArmTally challenger, Uncounted uncounted) {

  public static final Tally NOTHING =
      new Tally(ArmTally.NOTHING, ArmTally.NOTHING, Uncounted.NOTHING);

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
