package ai.matih.ml.bundle;

/** One input of a model: what a caller names, what it must hold, and whether it may be missing. */
public record Column(String name, ColumnType type, boolean nullable) {

  public Column {
    if (!ColumnName.isValid(name)) {
      throw new IllegalArgumentException("the name of an input " + ColumnName.RULE);
    }
  }
}
