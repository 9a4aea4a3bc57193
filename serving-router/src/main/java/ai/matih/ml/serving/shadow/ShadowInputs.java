package ai.matih.ml.serving.shadow;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.engine.Batch;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows that a live version answered into rows of a shadow, by the names of the inputs.
 * What the live version does not take has the shadow's default, or there are no such rows.
 */
final class ShadowInputs {

  private ShadowInputs() {}

  /** Empty when the shadow needs something that the rows do not have. */
  static Optional<Batch> of(Batch live, Signature wanted, Map<String, @Nullable Object> defaults) {
    Batch copy = new Batch(wanted, live.rows());
    for (int position = 0; position < wanted.columns().size(); position++) {
      Column column = wanted.columns().get(position);
      int source = live.signature().position(column.name());
      boolean fits =
          source >= 0
              ? copied(live, source, copy, position, column)
              : defaults.containsKey(column.name())
                  && filled(copy, position, column, defaults.get(column.name()));
      if (!fits) {
        return Optional.empty();
      }
    }
    return Optional.of(copy);
  }

  private static boolean copied(Batch live, int source, Batch copy, int position, Column column) {
    boolean texts = live.signature().columns().get(source).type() == ColumnType.STRING;
    if (texts != (column.type() == ColumnType.STRING)) {
      return false;
    }
    for (int row = 0; row < live.rows(); row++) {
      if (texts) {
        copy.text(row, position, live.text(row, source));
      } else {
        double value = live.number(row, source);
        if (Double.isNaN(value) && !column.nullable()) {
          return false;
        }
        copy.number(row, position, value);
      }
    }
    return true;
  }

  private static boolean filled(Batch copy, int position, Column column, @Nullable Object value) {
    for (int row = 0; row < copy.rows() && value != null; row++) {
      switch (value) {
        case String text when column.type() == ColumnType.STRING -> copy.text(row, position, text);
        case Boolean flag when column.type() == ColumnType.BOOLEAN ->
            copy.number(row, position, flag ? 1 : 0);
        case Number number when column.type() != ColumnType.STRING ->
            copy.number(row, position, number.doubleValue());
        default -> {
          return false;
        }
      }
    }
    return true;
  }
}
