package ai.matih.ml.bundle;

/**
 * The rule for the name of a column, one for all parts: the upload of a table, a training job, a
 * policy, and the inputs of a model that is served.
 */
public final class ColumnName {

  /** The longest name, in characters of any script (code points). */
  public static final int LONGEST = 255;

  /** In words, for people whose name was refused. */
  public static final String RULE =
      "must have 1 to " + LONGEST + " characters, not only spaces and no control characters";

  private ColumnName() {}

  public static boolean isValid(String name) {
    return name.codePointCount(0, name.length()) <= LONGEST
        && !name.codePoints().allMatch(Character::isSpaceChar)
        && name.codePoints()
            .noneMatch(
                point ->
                    Character.isISOControl(point)
                        || Character.getType(point) == Character.SURROGATE);
  }
}
