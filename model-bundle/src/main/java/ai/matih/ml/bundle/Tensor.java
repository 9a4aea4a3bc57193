package ai.matih.ml.bundle;

import java.util.List;

/** One input tensor of a model file: {@code [-1, columns]} in column order. */
public record Tensor(String name, TensorType type, List<String> columns) {

  /** Datatypes that a bundle may use, named as the Open Inference Protocol names them. */
  public enum TensorType {
    FP32,
    BYTES
  }

  public Tensor {
    columns = List.copyOf(columns);
    if (name.isBlank() || columns.isEmpty()) {
      throw new IllegalArgumentException("a tensor needs a name and at least one column");
    }
  }
}
