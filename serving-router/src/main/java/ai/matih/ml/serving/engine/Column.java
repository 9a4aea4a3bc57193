package ai.matih.ml.serving.engine;

/** One input of a model: what a caller names, what it must hold, and whether it may be missing. */
public record Column(String name, ColumnType type, boolean nullable) {

  public Column {
    if (name.isBlank() || name.length() > 200) {
      throw new IllegalArgumentException("a column needs a name of at most 200 characters");
    }
  }
}
