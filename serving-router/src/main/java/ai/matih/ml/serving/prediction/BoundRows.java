package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.prediction.PredictionRequest.Form;
import ai.matih.ml.serving.prediction.Rows.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a request bound to one version's signature. Each value is checked where it is set;
 * what is still missing at the end must be allowed to be.
 */
final class BoundRows {

  private static final int MAX_VIOLATIONS = 20;
  private static final double LARGEST = Float.MAX_VALUE;

  private final Form form;
  private final Signature signature;
  private final Batch batch;
  private final boolean[] given;
  private final List<Violation> violations = new ArrayList<>();

  BoundRows(Form form, Rows rows, Signature signature) {
    this.form = form;
    this.signature = signature;
    this.batch = new Batch(signature, rows.count());
    this.given = new boolean[rows.count() * signature.columns().size()];
    for (int row = 0; row < rows.count() && violations.size() < MAX_VIOLATIONS; row++) {
      for (int cell = rows.start(row); cell < rows.end(row); cell++) {
        bind(row, rows, cell);
      }
    }
  }

  private void bind(int row, Rows rows, int cell) {
    int position = signature.position(rows.name(cell));
    if (position < 0) {
      boolean key =
          signature.features().map(f -> f.joinKeys().contains(rows.name(cell))).orElse(false);
      violation(
          row,
          rows.name(cell),
          key
              ? "is a join key of this version and no input; give it in entities"
              : "is not an input of this version");
      return;
    }
    Column column = signature.columns().get(position);
    if (isGiven(row, position)) {
      violation(row, column.name(), "is given twice");
      return;
    }
    mark(row, position);
    Kind kind = rows.kind(cell);
    if (kind == Kind.NULL) {
      if (!column.nullable()) {
        violation(row, column.name(), "may not be null");
      }
      return;
    }
    switch (column.type()) {
      case STRING -> {
        if (kind == Kind.TEXT) {
          batch.text(row, position, rows.text(cell));
        } else {
          violation(row, column.name(), "must be a string");
        }
      }
      case BOOLEAN -> {
        if (kind == Kind.TRUE || kind == Kind.FALSE) {
          batch.number(row, position, rows.number(cell));
        } else {
          violation(row, column.name(), "must be true or false");
        }
      }
      case LONG, DOUBLE -> number(row, position, column, kind, rows.number(cell));
    }
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

  /** The batch, once nothing is wrong and nothing that is needed is missing. */
  Batch complete() {
    for (int row = 0; row < batch.rows() && violations.size() < MAX_VIOLATIONS; row++) {
      for (int position = 0; position < signature.columns().size(); position++) {
        Column column = signature.columns().get(position);
        if (!column.nullable() && !isGiven(row, position)) {
          violation(row, column.name(), "is required");
        }
      }
    }
    refuseViolations();
    return batch;
  }

  void refuseViolations() {
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
  }

  private void violation(int row, String column, String message) {
    if (violations.size() < MAX_VIOLATIONS) {
      String prefix = form == Form.SINGLE ? "features." : "instances[" + row + "].";
      violations.add(new Violation(prefix + column, message));
    }
  }
}
