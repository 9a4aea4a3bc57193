package ai.matih.ml.serving.abtest;

/**
 * What was counted on one arm; each unit once.
 *
 * @param units that got an answer from it
 * @param outcomes units among them whose outcome is known
 * @param events outcomes that were a yes, where they are yes or no
 * @param moments of the outcomes
 * @param contradicted units for which a later report said something else than the first
 */
public record ArmTally(long units, long outcomes, long events, Moments moments, long contradicted) {

  public static final ArmTally NOTHING = new ArmTally(0, 0, 0, Moments.NOTHING, 0);

  /** Of units of which nothing is told. */
  static ArmTally ofUnits(long units) {
    return new ArmTally(units, 0, 0, Moments.NOTHING, 0);
  }

  public ArmTally {
    if (events < 0 || events > outcomes || outcomes > units || contradicted < 0) {
      throw new IllegalArgumentException("more events than outcomes, or outcomes than units");
    }
  }
}
