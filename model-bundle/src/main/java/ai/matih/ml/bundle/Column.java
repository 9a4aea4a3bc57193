package ai.matih.ml.bundle;

/** One input of a model: what a caller names, what it must hold, and whether it may be missing. */
public record Column(String name, ColumnType type, boolean nullable) {

  private static final int MAX_NAME = 255;

  public Column {
    if (name.isBlank() || name.codePointCount(0, name.length()) > MAX_NAME) {
      throw new IllegalArgumentException(
          "an input needs a name of at most " + MAX_NAME + " characters");
    }
  }
}
