package ai.matih.ml.serving.openinference;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model says about one of its tensors.
 *
 * @param shape in which -1 is any number of rows
 */
public record TensorInfo(String name, Datatype datatype, List<Long> shape) {

  /** The predicted class, or the predicted number. */
  public static final String PREDICTION = "prediction";

  /** The probability of each class, in the signature's order. */
  public static final String PROBABILITIES = "probabilities";

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** One per column. */
  public static List<TensorInfo> inputs(Signature signature) {
    return signature.columns().stream().map(TensorInfo::input).toList();
  }

  private static TensorInfo input(Column column) {
    return new TensorInfo(column.name(), datatype(column.type()), List.of(-1L, 1L));
  }

  private static Datatype datatype(ColumnType type) {
    return switch (type) {
      case DOUBLE -> Datatype.FP64;
      case LONG -> Datatype.INT64;
      case STRING -> Datatype.BYTES;
      case BOOLEAN -> Datatype.BOOL;
    };
  }

  public static List<TensorInfo> outputs(Signature signature) {
    List<TensorInfo> outputs = new ArrayList<>();
    outputs.add(new TensorInfo(PREDICTION, ofPrediction(signature), List.of(-1L)));
    if (signature.task() == Task.CLASSIFICATION) {
      outputs.add(
          new TensorInfo(PROBABILITIES, Datatype.FP32, List.of(-1L, (long) signature.width())));
    }
    return outputs;
  }

  private static Datatype ofPrediction(Signature signature) {
    if (signature.task() == Task.REGRESSION) {
      return Datatype.FP32;
    }
    if (signature.classes().stream().allMatch(Long.class::isInstance)) {
      return Datatype.INT64;
    }
    return signature.classes().stream().allMatch(Boolean.class::isInstance)
        ? Datatype.BOOL
        : Datatype.BYTES;
  }
}
