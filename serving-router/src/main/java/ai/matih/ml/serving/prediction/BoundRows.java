package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.prediction.Rows.Kind;
import ai.matih.ml.serving.routing.AcceptedInputs;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a request bound to one version's signature. Each value is checked where it is set;
 * what is still missing at the end must be allowed to be.
 */
public final class BoundRows {

  private static final int MAX_VIOLATIONS = 20;
  private static final double LARGEST = Float.MAX_VALUE;

  private final Question question;
  private final Signature signature;
  private final AcceptedInputs inputs;
  private final Batch batch;
  private final boolean[] given;
  private final List<Violation> violations = new ArrayList<>();
  private List<Integer> askedFor = List.of();

  BoundRows(Question question, Signature signature, AcceptedInputs inputs) {
    this.question = question;
    this.signature = signature;
    this.inputs = inputs;
    this.batch = new Batch(signature, question.rowCount());
    this.given = new boolean[question.rowCount() * signature.columns().size()];
    question.bindTo(this);
  }

  Signature signature() {
    return signature;
  }

  /** Whether one more thing that is wrong would be told. */
  boolean takesMore() {
    return violations.size() < MAX_VIOLATIONS;
  }

  /** Whether only other versions of the model know this name. */
  boolean isOfOthers(String name) {
    return signature.position(name) < 0 && inputs.ignored().contains(name);
  }

  /** Sets a value that was given under a name. */
  void bind(int row, String name, Kind kind, double number, String text) {
    int position = signature.position(name);
    if (position < 0 && inputs.ignored().contains(name)) {
      return;
    }
    if (position < 0) {
      unknown(row, name);
      return;
    }
    bind(row, position, kind, number, text);
  }

  /** Notes a name that this version does not know. */
  void unknown(int row, String name) {
    boolean key = signature.features().map(f -> f.joinKeys().contains(name)).orElse(false);
    violation(
        row,
        name,
        key
            ? "is a join key of this version and no input; give it in entities"
            : "is not an input of this version");
  }

  /** Sets a value of one column. */
  void bind(int row, int position, Kind kind, double number, String text) {
    Column column = signature.columns().get(position);
    if (isGiven(row, position)) {
      violation(row, column.name(), "is given twice");
      return;
    }
    mark(row, position);
    if (kind == Kind.NULL) {
      if (!column.nullable()) {
        violation(row, column.name(), "may not be null");
      }
      return;
    }
    switch (column.type()) {
      case STRING -> {
        if (kind == Kind.TEXT && !isWhole(text)) {
          violation(row, column.name(), "has half a character");
        } else if (kind == Kind.TEXT) {
          batch.text(row, position, text);
        } else {
          violation(row, column.name(), "must be a string");
        }
      }
      case BOOLEAN -> {
        if (kind == Kind.TRUE || kind == Kind.FALSE) {
          batch.number(row, position, number);
        } else {
          violation(row, column.name(), "must be true or false");
        }
      }
      case LONG, DOUBLE -> number(row, position, column, kind, number);
    }
  }

  /** Whether each surrogate has its other half; without it there is no text to send on. */
  private static boolean isWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private void number(int row, int position, Column column, Kind kind, double value) {
    boolean whole = column.type() == ColumnType.LONG;
    if (kind != Kind.INTEGER && kind != Kind.DECIMAL) {
      violation(row, column.name(), whole ? "must be a whole number" : "must be a number");
    } else if (whole && value != Math.rint(value)) {
      violation(row, column.name(), "must be a whole number");
    } else if (Math.abs(value) > LARGEST) {
      violation(row, column.name(), "is too large");
    } else {
      batch.number(row, position, value);
    }
  }

  boolean isGiven(int row, int position) {
    return given[row * signature.columns().size() + position];
  }

  private void mark(int row, int position) {
    given[row * signature.columns().size() + position] = true;
  }

  /** Whether any row lacks one of these columns. */
  boolean lacksAny(List<Integer> positions) {
    for (int row = 0; row < batch.rows(); row++) {
      for (int position : positions) {
        if (!isGiven(row, position)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Fills a column that the caller left out; {@code source} names where the value is from, for
   * problems.
   */
  void fill(int row, int position, Object value, String source) {
    if (isGiven(row, position)) {
      return;
    }
    Column column = signature.columns().get(position);
    mark(row, position);
    switch (value) {
      case Number number
          when column.type() == ColumnType.DOUBLE || column.type() == ColumnType.LONG ->
          number(row, position, column, Kind.DECIMAL, number.doubleValue());
      case Boolean flag when column.type() == ColumnType.BOOLEAN ->
          batch.number(row, position, flag ? 1 : 0);
      case String text when column.type() == ColumnType.STRING -> batch.text(row, position, text);
      default ->
          violation(
              row,
              column.name(),
              "is a %s, but %s has another type".formatted(column.type().wireName(), source));
    }
  }

  /** Notes that the feature store was asked for these columns: what it did not give is missing. */
  void wereAskedFor(List<Integer> positions) {
    askedFor = positions;
  }

  /** The batch, once nothing is wrong and nothing that is needed is missing. */
  Batch complete() {
    for (int row = 0; row < batch.rows() && takesMore(); row++) {
      for (int position = 0; position < signature.columns().size(); position++) {
        if (!isGiven(row, position)) {
          complete(row, position);
        }
      }
    }
    refuseViolations();
    return batch;
  }

  private void complete(int row, int position) {
    Column column = signature.columns().get(position);
    String name = column.name();
    if (inputs.rules().defaults().containsKey(name)) {
      Object value = inputs.rules().defaults().get(name);
      if (value != null) {
        fill(row, position, value, "its default");
      }
    } else if (!column.nullable()) {
      violation(row, name, "is required");
    } else if (inputs.required().contains(name) && !askedFor.contains(position)) {
      violation(
          row,
          name,
          "is required, if only as null: not every version of the model that gets traffic has it");
    }
  }

  void refuseViolations() {
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
  }

  void violation(int row, String column, String message) {
    if (takesMore()) {
      violations.add(new Violation(question.field(row, column), message));
    }
  }
}
