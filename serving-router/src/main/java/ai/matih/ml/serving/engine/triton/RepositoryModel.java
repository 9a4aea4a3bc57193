package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.bundle.Tensor;
import ai.matih.ml.bundle.Tensor.TensorType;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.OnnxForm;
import ai.matih.ml.serving.engine.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A version as a model of Triton's repository.
 *
 * @param files by their paths in the model's folder
 */
record RepositoryModel(String name, Map<String, Object> config, Map<String, byte[]> files) {

  /** Models whose names begin otherwise belong to somebody else. */
  private static final String PREFIX = "matih.";

  /** The suite's version is in the name; in the repository each model has one. */
  private static final String FOLDER = "1/";

  /** More rows than a call may have; Triton joins calls up to it. */
  private static final int MAX_BATCH = 4096;

  static String nameOf(Placement placement) {
    return PREFIX + placement.name();
  }

  static RepositoryModel of(Placement placement, Bundle bundle, TritonSettings settings) {
    OnnxForm onnx = onnx(bundle);
    if (onnx.content().length > settings.maxModel().toBytes()) {
      throw new BundleRefused(
          Part.FILES,
          "The model is larger than %d bytes, the most that Triton is given."
              .formatted(settings.maxModel().toBytes()));
    }
    String name = nameOf(placement);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(FOLDER + "model.onnx", onnx.content());
    if (settings.backend() == TritonSettings.Backend.PYTHON) {
      files.put(FOLDER + "model.py", program());
    }
    return new RepositoryModel(
        name,
        Map.of(
            "name",
            name,
            "backend",
            settings.backend().wireName(),
            "max_batch_size",
            MAX_BATCH,
            "input",
            onnx.layout().tensors().stream().map(RepositoryModel::input).toList(),
            "output",
            List.of(output(onnx.layout(), bundle.signature().width())),
            "dynamic_batching",
            Map.of(),
            "instance_group",
            List.of(Map.of("count", settings.instances()))),
        files);
  }

  static OnnxForm onnx(Bundle bundle) {
    return bundle
        .onnx()
        .orElseThrow(() -> new BundleRefused(Part.MODEL, "The bundle has no model.onnx."));
  }

  private static Map<String, Object> input(Tensor tensor) {
    return Map.of(
        "name",
        tensor.name(),
        "data_type",
        tensor.type() == TensorType.FP32 ? "TYPE_FP32" : "TYPE_STRING",
        "dims",
        List.of(tensor.columns().size()));
  }

  private static Map<String, Object> output(OnnxLayout layout, int width) {
    return Map.of("name", layout.output(), "data_type", "TYPE_FP32", "dims", List.of(width));
  }

  private static byte[] program() {
    try (InputStream in = RepositoryModel.class.getResourceAsStream("/triton/model.py")) {
      if (in == null) {
        throw new IllegalStateException("the build left /triton/model.py out");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
