package ai.matih.ml.bundle;

import static ai.matih.ml.bundle.Signature.require;

import ai.matih.ml.bundle.Tensor.TensorType;
import java.util.List;

/** Where each column of a signature lies in the tensors of {@code model.onnx}. */
public final class OnnxLayout {

  private final List<Tensor> tensors;
  private final String output;
  private final int[][] columns;

  /**
   * A layout that does not fit its signature cannot be made: the exception says what is wrong.
   *
   * @param output the output tensor that carries probabilities (classification) or predictions
   *     (regression)
   */
  public OnnxLayout(Signature signature, List<Tensor> tensors, String output) {
    this.tensors = List.copyOf(tensors);
    this.output = output;
    this.columns = new int[tensors.size()][];
    require(!output.isBlank(), "no output is named for the task");
    boolean[] placed = new boolean[signature.columns().size()];
    for (int t = 0; t < columns.length; t++) {
      Tensor tensor = this.tensors.get(t);
      columns[t] = tensor.columns().stream().mapToInt(signature::position).toArray();
      for (int i = 0; i < columns[t].length; i++) {
        String name = tensor.columns().get(i);
        int position = columns[t][i];
        require(position >= 0, "tensor " + tensor.name() + " uses the unknown input " + name);
        require(
            (signature.columns().get(position).type() == ColumnType.STRING)
                == (tensor.type() == TensorType.BYTES),
            "input " + name + " does not fit tensor " + tensor.name() + " of " + tensor.type());
        require(!placed[position], "input " + name + " lies in two tensors");
        placed[position] = true;
      }
    }
    for (int i = 0; i < placed.length; i++) {
      require(placed[i], "input " + signature.columns().get(i).name() + " lies in no tensor");
    }
  }

  public List<Tensor> tensors() {
    return tensors;
  }

  public String output() {
    return output;
  }

  /** Which columns a tensor holds, by their positions in the signature. Not to be changed. */
  public int[] columns(int tensor) {
    return columns[tensor];
  }
}
