package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.OnAbsent;
import ai.matih.ml.serving.prediction.Rows.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A question whose values are given column by column, or all in one matrix.
 *
 * <p>A tensor is named as its column, or as a join key of the feature store. A tensor named {@link
 * #MATRIX} that is as wide as the model has columns holds them all, in the model's order.
 *
 * @param rowCount that each of the tensors has
 * @param check of what else is asked, once it is known whose the answer will be; refuses by a
 *     problem
 */
public record TensorRequest(
    ModelId model,
    int rowCount,
    List<InputTensor> tensors,
    Optional<String> unitId,
    Optional<Long> pinnedVersion,
    OnAbsent onAbsent,
    Consumer<Signature> check)
    implements Question {

  /** The name of the tensor that holds all columns. */
  public static final String MATRIX = "X";

  public TensorRequest {
    tensors = List.copyOf(tensors);
  }

  /** Whether all columns of a model fit into one tensor: all are texts, or none is. */
  public static boolean takesMatrix(Signature signature) {
    long texts =
        signature.columns().stream().filter(column -> column.type() == ColumnType.STRING).count();
    return texts == 0 || texts == signature.columns().size();
  }

  @Override
  public String field(int row, String column) {
    return "inputs." + column + "[" + row + "]";
  }

  @Override
  public void bindTo(BoundRows rows) {
    check.accept(rows.signature());
    for (InputTensor tensor : tensors) {
      int position = rows.signature().position(tensor.name());
      int columns = rows.signature().columns().size();
      if (tensor.name().equals(MATRIX) && tensor.width() == columns) {
        matrix(rows, tensor, columns);
      } else if (position >= 0) {
        column(rows, tensor, position);
      } else if (!rows.isOfOthers(tensor.name()) && !isKey(rows.signature(), tensor)) {
        rows.unknown(0, tensor.name());
      }
    }
  }

  private void matrix(BoundRows rows, InputTensor tensor, int columns) {
    for (int row = 0; row < rowCount && rows.takesMore(); row++) {
      for (int column = 0; column < columns; column++) {
        value(rows, row, column, tensor, row * columns + column);
      }
    }
  }

  private void column(BoundRows rows, InputTensor tensor, int position) {
    if (tensor.width() != 1) {
      rows.violation(
          0, tensor.name(), "has %d values per row instead of one".formatted(tensor.width()));
      return;
    }
    for (int row = 0; row < rowCount && rows.takesMore(); row++) {
      value(rows, row, position, tensor, row);
    }
  }

  private static void value(BoundRows rows, int row, int position, InputTensor tensor, int at) {
    Kind kind = tensor.kind(at);
    double number = tensor.number(at);
    Column column = rows.signature().columns().get(position);
    // In a matrix of numbers a flag is one too.
    if (column.type() == ColumnType.BOOLEAN
        && (kind == Kind.INTEGER || kind == Kind.DECIMAL)
        && (number == 0 || number == 1)) {
      kind = number == 0 ? Kind.FALSE : Kind.TRUE;
    }
    rows.bind(row, position, kind, number, tensor.text(at));
  }

  private static boolean isKey(Signature signature, InputTensor tensor) {
    return signature.features().map(f -> f.joinKeys().contains(tensor.name())).orElse(false)
        && isKeys(tensor);
  }

  /** Whether its values can name entities: one text or whole number per row. */
  private static boolean isKeys(InputTensor tensor) {
    return tensor.width() == 1
        && (tensor.type() == InputTensor.Type.TEXT || tensor.type() == InputTensor.Type.WHOLE);
  }

  /** The store is asked when a tensor is a join key only, or when all join keys are inputs too. */
  @Override
  public Map<String, List<Object>> entitiesFor(Signature signature) {
    if (signature.features().isEmpty()) {
      return Map.of();
    }
    FeatureSource source = signature.features().get();
    Map<String, List<Object>> entities = new LinkedHashMap<>();
    boolean only = false;
    for (InputTensor tensor : tensors) {
      if (source.joinKeys().contains(tensor.name()) && isKeys(tensor)) {
        entities.put(tensor.name(), keys(tensor));
        only |= signature.position(tensor.name()) < 0;
      }
    }
    return only || entities.size() == source.joinKeys().size() ? entities : Map.of();
  }

  private List<Object> keys(InputTensor tensor) {
    List<Object> keys = new ArrayList<>(rowCount);
    for (int row = 0; row < rowCount; row++) {
      if (tensor.type() == InputTensor.Type.TEXT) {
        keys.add(tensor.texts()[row]);
      } else if (tensor.keys()[row] == InputTensor.NO_KEY) {
        throw Problem.invalid(
            field(row, tensor.name()), "names an entity and must be a whole number of 64 bits");
      } else {
        keys.add(tensor.keys()[row]);
      }
    }
    return keys;
  }
}
