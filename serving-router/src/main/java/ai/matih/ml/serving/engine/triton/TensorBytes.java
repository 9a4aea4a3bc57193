package ai.matih.ml.serving.engine.triton;

import ai.matih.ml.bundle.OnnxLayout;
import ai.matih.ml.bundle.Tensor.TensorType;
import ai.matih.ml.serving.engine.Batch;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Values as the protocol lays them out in bytes. */
final class TensorBytes {

  private TensorBytes() {}

  /** One tensor of a batch. */
  static byte[] of(Batch batch, OnnxLayout layout, int tensor) {
    int[] columns = layout.columns(tensor);
    return layout.tensors().get(tensor).type() == TensorType.FP32
        ? numbers(batch, columns)
        : texts(batch.layOutTexts(columns));
  }

  private static byte[] numbers(Batch batch, int[] columns) {
    ByteBuffer bytes =
        ByteBuffer.allocate(batch.rows() * columns.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    batch.layOut(columns, bytes.asFloatBuffer());
    return bytes.array();
  }

  private static byte[] texts(String[] texts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (String text : texts) {
      byte[] content = text.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(length.putInt(0, content.length).array());
      bytes.writeBytes(content);
    }
    return bytes.toByteArray();
  }

  static float[] floats(ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
