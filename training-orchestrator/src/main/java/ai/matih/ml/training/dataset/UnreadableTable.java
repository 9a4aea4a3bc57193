package ai.matih.ml.training.dataset;

import java.util.OptionalLong;

/** An uploaded file is not a table; the message is for the person who uploaded it. */
public final class UnreadableTable extends Exception {

  private final transient OptionalLong line;

  public UnreadableTable(String reason) {
    this(reason, OptionalLong.empty());
  }

  /**
   * @param line where in a text file, counted from 1
   */
  public UnreadableTable(String reason, OptionalLong line) {
    super(reason);
    this.line = line;
  }

  public String reason() {
    return String.valueOf(getMessage());
  }

  public OptionalLong line() {
    return line;
  }
}
