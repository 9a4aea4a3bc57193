package ai.matih.ml.training.dataset;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the values of a column are; {@code OTHER} can be kept but not learned from. */
public enum ColumnType {
  BOOLEAN,
  LONG,
  DOUBLE,
  STRING,
  DATE,
  TIMESTAMP,
  OTHER;

  /** What callers write and read. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type that a caller may declare by this word. */
  public static Optional<ColumnType> declarable(String word) {
    return Arrays.stream(values())
        .filter(type -> type != OTHER && type.word().equals(word))
        .findFirst();
  }

  /** All words that a caller may declare. */
  public static List<String> declarableWords() {
    return Arrays.stream(values())
        .filter(type -> type != OTHER)
        .map(ColumnType::word)
        .sorted()
        .toList();
  }
}
