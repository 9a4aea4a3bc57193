package ai.matih.ml.bundle;

import java.util.Locale;

/** The kind of value a column of a signature holds, in the words of {@code signature.json}. */
public enum ColumnType {
  DOUBLE,
  LONG,
  STRING,
  BOOLEAN;

  /** The name on the wire. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
