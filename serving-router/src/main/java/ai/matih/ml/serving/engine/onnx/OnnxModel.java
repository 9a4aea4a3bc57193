package ai.matih.ml.serving.engine.onnx;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Tensor;
import ai.matih.ml.bundle.Tensor.TensorType;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringFailed;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One loaded session. A single row, the common case, runs on a slot of tensors that lie over native
 * memory and are reused for ever: no copy in, no allocation out. Larger batches make their tensors
 * for the call.
 */
final class OnnxModel implements ScoringModel {

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Signature signature;
  private final OnnxLayout layout;
  private final Set<String> outputs;

  private final boolean outputKeepsRank;
  private final ConcurrentLinkedQueue<Slot> idle = new ConcurrentLinkedQueue<>();

  OnnxModel(OrtEnvironment environment, OrtSession session, Signature signature, OnnxLayout layout)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.signature = signature;
    this.layout = layout;
    this.outputs = Set.of(layout.output());
    checkInputs();
    checkOutput();
    this.outputKeepsRank = probe();
  }

  @Override
  public Signature signature() {
    return signature;
  }

  @Override
  public boolean computesHere() {
    return true;
  }

  @Override
  public Scores score(Batch batch) {
    try {
      return batch.rows() == 1 && outputKeepsRank ? scoreOne(batch) : scoreMany(batch);
    } catch (OrtException e) {
      throw new ScoringFailed("The model failed on these values.", e);
    }
  }

  private Scores scoreOne(Batch batch) throws OrtException {
    Slot slot = idle.poll();
    if (slot == null) {
      slot = new Slot();
    }
    boolean intact = false;
    try {
      Scores scores = slot.run(batch);
      intact = true;
      return scores;
    } finally {
      if (intact) {
        idle.add(slot);
      } else {
        slot.close();
      }
    }
  }

  private Scores scoreMany(Batch batch) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (int t = 0; t < layout.tensors().size(); t++) {
        Tensor tensor = layout.tensors().get(t);
        inputs.put(
            tensor.name(),
            tensor.type() == TensorType.FP32
                ? numbers(batch, layout.columns(t))
                : texts(batch, layout.columns(t)));
      }
      try (OrtSession.Result result = session.run(inputs, outputs)) {
        OnnxTensor answer = (OnnxTensor) result.get(0);
        float[] values = new float[batch.rows() * signature.width()];
        FloatBuffer buffer = answer.getFloatBuffer();
        if (buffer.remaining() != values.length) {
          throw new ScoringFailed(
              "The model answered " + Arrays.toString(answer.getInfo().getShape()) + ".",
              new IllegalStateException("unexpected shape"));
        }
        buffer.get(values);
        return new Scores(signature, batch.rows(), values);
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor numbers(Batch batch, int[] columns) throws OrtException {
    FloatBuffer values = FloatBuffer.allocate(batch.rows() * columns.length);
    batch.layOut(columns, values);
    return OnnxTensor.createTensor(environment, values, new long[] {batch.rows(), columns.length});
  }

  private OnnxTensor texts(Batch batch, int[] columns) throws OrtException {
    return TextTensors.of(environment, batch.layOutTexts(columns), batch.rows(), columns.length);
  }

  /** Whether one row comes back as {@code [1, width]}, so that a pinned output can take it. */
  private boolean probe() throws OrtException {
    Batch missing = new Batch(signature, 1);
    try {
      scoreMany(missing);
    } catch (ScoringFailed e) {
      throw new BundleRefused(BundleRefused.Part.MODEL, String.valueOf(e.getMessage()));
    }
    NodeInfo node = Objects.requireNonNull(session.getOutputInfo().get(layout.output()));
    return ((TensorInfo) node.getInfo()).getShape().length == 2;
  }

  private void checkInputs() throws OrtException {
    Map<String, NodeInfo> declared = session.getInputInfo();
    for (Tensor tensor : layout.tensors()) {
      NodeInfo node = declared.get(tensor.name());
      if (node == null) {
        throw refused("The model has no input " + inWords(tensor) + ".");
      }
      if (!(node.getInfo() instanceof TensorInfo info)
          || info.type
              != (tensor.type() == TensorType.FP32 ? OnnxJavaType.FLOAT : OnnxJavaType.STRING)) {
        throw refused("Input " + inWords(tensor) + " is not a tensor of " + tensor.type() + ".");
      }
      long[] shape = info.getShape();
      long columns = tensor.columns().size();
      if (shape.length != 2 || (shape[1] != -1 && shape[1] != columns) || shape[0] > 0) {
        throw refused(
            "Input %s has the shape %s, the layout says [-1, %d]."
                .formatted(inWords(tensor), Arrays.toString(shape), columns));
      }
    }
    for (String name : declared.keySet()) {
      if (layout.tensors().stream().noneMatch(tensor -> tensor.name().equals(name))) {
        throw refused("The layout leaves the model's input " + name + " out.");
      }
    }
  }

  private void checkOutput() throws OrtException {
    NodeInfo node = session.getOutputInfo().get(layout.output());
    if (node == null) {
      throw refused("The model has no output " + layout.output() + ".");
    }
    if (!(node.getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT) {
      throw refused("Output " + layout.output() + " is not a tensor of FP32.");
    }
    long[] shape = info.getShape();
    if (shape.length == 2 && shape[1] != -1 && shape[1] != signature.width()) {
      throw refused(
          "Output %s has %d values per row, the signature says %d."
              .formatted(layout.output(), shape[1], signature.width()));
    }
  }

  /** The graph's name of an input is not one that a caller knows. */
  private static String inWords(Tensor tensor) {
    return tensor.columns().size() == 1
        ? "%s (column %s)".formatted(tensor.name(), tensor.columns().getFirst())
        : "%s (%d columns, first %s)"
            .formatted(tensor.name(), tensor.columns().size(), tensor.columns().getFirst());
  }

  private static BundleRefused refused(String reason) {
    return new BundleRefused(BundleRefused.Part.SIGNATURE, reason);
  }

  /** Closes the session. Nobody may be scoring, nor score later. */
  @Override
  public void close() {
    for (Slot slot = idle.poll(); slot != null; slot = idle.poll()) {
      slot.close();
    }
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /**
   * Tensors for one row and one call at a time. Texts cannot be changed in place and are made anew.
   */
  private final class Slot {

    private final List<@Nullable FloatBuffer> buffers = new ArrayList<>();
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final FloatBuffer answer = direct(signature.width());
    private final Map<String, OnnxTensor> pinned;

    Slot() throws OrtException {
      for (Tensor tensor : layout.tensors()) {
        if (tensor.type() == TensorType.FP32) {
          FloatBuffer buffer = direct(tensor.columns().size());
          buffers.add(buffer);
          inputs.put(
              tensor.name(),
              OnnxTensor.createTensor(
                  environment, buffer, new long[] {1, tensor.columns().size()}));
        } else {
          buffers.add(null);
        }
      }
      pinned =
          Map.of(
              layout.output(),
              OnnxTensor.createTensor(environment, answer, new long[] {1, signature.width()}));
    }

    Scores run(Batch batch) throws OrtException {
      try {
        for (int t = 0; t < buffers.size(); t++) {
          FloatBuffer buffer = buffers.get(t);
          if (buffer != null) {
            batch.layOut(layout.columns(t), buffer);
          } else {
            inputs.put(layout.tensors().get(t).name(), texts(batch, layout.columns(t)));
          }
        }
        // A pinned output belongs to the slot; closing the result leaves it open.
        session.run(inputs, pinned).close();
        float[] values = new float[signature.width()];
        answer.get(0, values);
        return new Scores(signature, 1, values);
      } finally {
        closeTexts();
      }
    }

    private void closeTexts() {
      for (int t = 0; t < buffers.size(); t++) {
        if (buffers.get(t) == null) {
          OnnxTensor text = inputs.remove(layout.tensors().get(t).name());
          if (text != null) {
            text.close();
          }
        }
      }
    }

    void close() {
      inputs.values().forEach(OnnxTensor::close);
      pinned.values().forEach(OnnxTensor::close);
    }
  }
}
