package ai.matih.ml.features.online;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the online store has of one view: a row per wanted key and a column per wanted feature, both
 * in the order in which they were wanted. A store fills it once; then it is only read.
 */
public final class StoredRows {

  private final int columns;
  private final @Nullable Object[] values;
  private final @Nullable Instant[] eventTimes;

  public StoredRows(int rows, int columns) {
    this.columns = columns;
    this.values = new Object[rows * columns];
    this.eventTimes = new Instant[rows * columns];
  }

  /**
   * @param value null when the feature was empty in its source; otherwise a number, text, boolean,
   *     {@link Instant}, byte array, or a list or map of those
   */
  public void put(int row, int column, @Nullable Object value, Instant eventTime) {
    values[row * columns + column] = value;
    eventTimes[row * columns + column] = eventTime;
  }

  /** For equal keys, which are read once. */
  public void copyRow(int from, int to) {
    System.arraycopy(values, from * columns, values, to * columns, columns);
    System.arraycopy(eventTimes, from * columns, eventTimes, to * columns, columns);
  }

  /** Null when there is none, or it is empty; {@link #eventTime} tells which. */
  public @Nullable Object value(int row, int column) {
    return values[row * columns + column];
  }

  /** When the stored value was true; null when nothing is stored. */
  public @Nullable Instant eventTime(int row, int column) {
    return eventTimes[row * columns + column];
  }
}
