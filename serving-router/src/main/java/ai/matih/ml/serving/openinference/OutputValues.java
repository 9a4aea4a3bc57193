package ai.matih.ml.serving.openinference;

import ai.matih.ml.serving.engine.Scores;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import tools.jackson.core.JsonGenerator;

/** The values of one output, for the rows of one answer. */
public record OutputValues(TensorInfo info, Scores scores) {

  public List<Long> shape() {
    return info.shape().stream().map(size -> size < 0 ? scores.rows() : size).toList();
  }

  /** As the protocol lays them out in bytes. */
  public byte[] bytes() {
    if (info.datatype() == Datatype.BYTES) {
      return texts();
    }
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(count() * Double.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < scores.rows(); row++) {
      if (info.datatype() == Datatype.FP32) {
        for (int i = 0; i < width(); i++) {
          out.putFloat(scores.value(row, i));
        }
      } else if (scores.prediction(row) instanceof Boolean flag) {
        out.put((byte) (flag ? 1 : 0));
      } else {
        out.putLong((Long) scores.prediction(row));
      }
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private byte[] texts() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int row = 0; row < scores.rows(); row++) {
      byte[] text = scores.prediction(row).toString().getBytes(StandardCharsets.UTF_8);
      out.writeBytes(
          ByteBuffer.allocate(Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(text.length)
              .array());
      out.writeBytes(text);
    }
    return out.toByteArray();
  }

  /** As a list in JSON. A number that JSON cannot say, which only a broken model gives, is null. */
  void write(JsonGenerator to) {
    to.writeStartArray();
    for (int row = 0; row < scores.rows(); row++) {
      if (info.datatype() == Datatype.FP32) {
        for (int i = 0; i < width(); i++) {
          number(to, scores.value(row, i));
        }
      } else {
        switch (scores.prediction(row)) {
          case Long number -> to.writeNumber(number);
          case Boolean flag -> to.writeBoolean(flag);
          case Object label -> to.writeString(label.toString());
        }
      }
    }
    to.writeEndArray();
  }

  private static void number(JsonGenerator to, float value) {
    if (Float.isFinite(value)) {
      to.writeNumber(value);
    } else {
      to.writeNull();
    }
  }

  private int width() {
    return info.shape().size() == 1 ? 1 : scores.signature().width();
  }

  private long count() {
    return LongStream.of(scores.rows(), width()).reduce(1, Math::multiplyExact);
  }
}
