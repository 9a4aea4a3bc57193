package ai.matih.ml.serving.openinference;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.prediction.InputTensor;
import ai.matih.ml.serving.prediction.TensorRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request as it was read.
 *
 * @param id that the caller gave it
 * @param outputs that the caller wants; empty for all
 * @param binary whether outputs come as bytes where the caller does not say
 */
public record InferRequest(
    TensorRequest question, Optional<String> id, List<Wanted> outputs, boolean binary) {

  /**
   * An output that the caller names.
   *
   * @param binary whether it comes as bytes; empty to do as with all
   */
  public record Wanted(String name, Optional<Boolean> binary) {}

  public InferRequest {
    outputs = List.copyOf(outputs);
  }

  /** Puts a request together; each of its tensors has as many rows as the others. */
  public static InferRequest of(
      ModelAddress address,
      Optional<String> id,
      List<InputTensor> tensors,
      List<Shape> shapes,
      Parameters parameters,
      List<Wanted> outputs,
      boolean binary) {
    if (tensors.isEmpty()) {
      throw Problem.invalid("inputs", "must have at least one tensor");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tensors.size(); i++) {
      String field = "inputs[" + i + "]";
      if (!names.add(tensors.get(i).name())) {
        throw Problem.invalid(field + ".name", "is given twice");
      }
      if (shapes.get(i).rows() != shapes.getFirst().rows()) {
        throw Problem.invalid(
            field + ".shape",
            "has %d rows, the first tensor has %d"
                .formatted(shapes.get(i).rows(), shapes.getFirst().rows()));
      }
    }
    TensorRequest question =
        new TensorRequest(
            address.model(),
            shapes.getFirst().rows(),
            tensors,
            parameters.unitId(),
            address.version(),
            parameters.onAbsent(),
            signature -> {
              var _ = wanted(outputs, signature);
            });
    return new InferRequest(question, id, outputs, binary);
  }

  /** The outputs to answer, in the caller's order. */
  public List<TensorInfo> wanted(Signature signature) {
    return wanted(outputs, signature);
  }

  /** Refuses outputs that a model does not have, and twice the same. */
  private static List<TensorInfo> wanted(List<Wanted> outputs, Signature signature) {
    List<TensorInfo> offered = TensorInfo.outputs(signature);
    if (outputs.isEmpty()) {
      return offered;
    }
    List<TensorInfo> wanted = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      String name = outputs.get(i).name();
      TensorInfo found =
          offered.stream().filter(output -> output.name().equals(name)).findFirst().orElse(null);
      if (found == null) {
        throw Problem.invalid(
            "outputs[" + i + "].name",
            "is none of " + String.join(", ", offered.stream().map(TensorInfo::name).toList()));
      }
      if (wanted.contains(found)) {
        throw Problem.invalid("outputs[" + i + "].name", "is given twice");
      }
      wanted.add(found);
    }
    return wanted;
  }

  boolean isBinary(int output) {
    return outputs.isEmpty() ? binary : outputs.get(output).binary().orElse(binary);
  }
}
