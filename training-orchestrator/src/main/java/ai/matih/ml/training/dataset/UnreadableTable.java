package ai.matih.ml.training.dataset;

import java.util.Map;

/** An uploaded file is not a table; the message is for the person who uploaded it. */
public final class UnreadableTable extends Exception {

  private final transient Map<String, Object> facts;

  public UnreadableTable(String reason) {
    this(reason, Map.of());
  }

  /**
   * @param line where in a text file, counted from 1
   */
  public UnreadableTable(String reason, long line) {
    this(reason, Map.of("line", line));
  }

  /**
   * @param facts for programs, for example the column
   */
  public UnreadableTable(String reason, Map<String, Object> facts) {
    super(reason);
    this.facts = Map.copyOf(facts);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }

  public Map<String, Object> facts() {
    return facts;
  }
}
