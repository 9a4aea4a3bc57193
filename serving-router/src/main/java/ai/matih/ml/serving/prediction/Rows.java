package ai.matih.ml.serving.prediction;

import java.util.Arrays;

/**
 * The rows of a request as they were read, before anybody knows which model they are for: one cell
 * after the other in flat arrays, so that reading a row makes no object per value.
 */
public final class Rows {

  /** What kind of JSON value a cell held. */
  enum Kind {
    INTEGER,
    DECIMAL,
    TEXT,
    TRUE,
    FALSE,
    NULL,
    OTHER
  }

  private String[] names = new String[32];
  private Kind[] kinds = new Kind[32];
  private double[] numbers = new double[32];
  private String[] texts = new String[32];
  private int cells;
  private int[] starts = new int[8];
  private int rows;

  void startRow() {
    if (rows == starts.length) {
      starts = Arrays.copyOf(starts, rows * 2);
    }
    starts[rows++] = cells;
  }

  void add(String name, Kind kind, double number, String text) {
    if (cells == names.length) {
      names = Arrays.copyOf(names, cells * 2);
      kinds = Arrays.copyOf(kinds, cells * 2);
      numbers = Arrays.copyOf(numbers, cells * 2);
      texts = Arrays.copyOf(texts, cells * 2);
    }
    names[cells] = name;
    kinds[cells] = kind;
    numbers[cells] = number;
    texts[cells] = text;
    cells++;
  }

  public int count() {
    return rows;
  }

  int start(int row) {
    return starts[row];
  }

  int end(int row) {
    return row + 1 < rows ? starts[row + 1] : cells;
  }

  String name(int cell) {
    return names[cell];
  }

  Kind kind(int cell) {
    return kinds[cell];
  }

  double number(int cell) {
    return numbers[cell];
  }

  String text(int cell) {
    return texts[cell];
  }
}
