package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.prediction.InputTensor;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The protocol's datatypes, and how their values lie in bytes: little end first, row after row. */
public enum Datatype {
  BOOL(1, InputTensor.Type.BOOLEAN),
  UINT8(1, InputTensor.Type.WHOLE),
  UINT16(2, InputTensor.Type.WHOLE),
  UINT32(4, InputTensor.Type.WHOLE),
  UINT64(8, InputTensor.Type.WHOLE),
  INT8(1, InputTensor.Type.WHOLE),
  INT16(2, InputTensor.Type.WHOLE),
  INT32(4, InputTensor.Type.WHOLE),
  INT64(8, InputTensor.Type.WHOLE),
  FP16(2, InputTensor.Type.DECIMAL),
  BF16(2, InputTensor.Type.DECIMAL),
  FP32(4, InputTensor.Type.DECIMAL),
  FP64(8, InputTensor.Type.DECIMAL),
  /** Texts: before each of them its length in bytes. */
  BYTES(0, InputTensor.Type.TEXT);

  private static final BigInteger UNSIGNED = BigInteger.ONE.shiftLeft(Long.SIZE);

  private final int size;
  private final InputTensor.Type type;

  Datatype(int size, InputTensor.Type type) {
    this.size = size;
    this.type = type;
  }

  public static Optional<Datatype> ofWire(String name) {
    for (Datatype datatype : values()) {
      if (datatype.name().equals(name)) {
        return Optional.of(datatype);
      }
    }
    return Optional.empty();
  }

  public InputTensor.Type type() {
    return type;
  }

  /** Whether JSON has a form for its values. */
  boolean isInJson() {
    return this != FP16 && this != BF16;
  }

  /** The smallest value of an integer. */
  public double least() {
    return name().charAt(0) == 'U' ? 0 : -Math.pow(2, 8 * size - 1);
  }

  /** The largest value of an integer. */
  public double most() {
    return Math.pow(2, name().charAt(0) == 'U' ? 8 * size : 8 * size - 1) - 1;
  }

  /**
   * A tensor from its bytes.
   *
   * @param field names it in problems
   * @param bytes all of them and nothing else
   */
  public InputTensor tensor(String name, String field, Shape shape, ByteBuffer bytes) {
    return this == BYTES
        ? new InputTensor(
            name, shape.width(), type, new double[0], texts(field, bytes, shape.count()))
        : new InputTensor(
            name, shape.width(), type, numbers(field, bytes, shape.count()), new String[0]);
  }

  /**
   * The values of numbers or flags.
   *
   * @param field names the tensor in problems
   * @param bytes all of them and nothing else
   */
  private double[] numbers(String field, ByteBuffer bytes, int count) {
    if (bytes.remaining() != (long) count * size) {
      throw Problem.invalid(
          field,
          "has %d bytes, but %d values of %s take %d"
              .formatted(bytes.remaining(), count, this, (long) count * size));
    }
    ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (this) {
            case BOOL -> in.get() == 0 ? 0 : 1;
            case UINT8 -> Byte.toUnsignedInt(in.get());
            case UINT16 -> Short.toUnsignedInt(in.getShort());
            case UINT32 -> Integer.toUnsignedLong(in.getInt());
            case UINT64 -> unsigned(in.getLong());
            case INT8 -> in.get();
            case INT16 -> in.getShort();
            case INT32 -> in.getInt();
            case INT64 -> in.getLong();
            case FP16 -> Float.float16ToFloat(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << Short.SIZE);
            case FP32 -> in.getFloat();
            case FP64 -> in.getDouble();
            case BYTES -> throw new IllegalStateException("texts are no numbers");
          };
    }
    return values;
  }

  public static double unsigned(long bits) {
    return bits >= 0 ? bits : BigInteger.valueOf(bits).add(UNSIGNED).doubleValue();
  }

  /**
   * The values of texts.
   *
   * @param field names the tensor in problems
   * @param bytes all of them and nothing else
   */
  private static String[] texts(String field, ByteBuffer bytes, int count) {
    ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
    if ((long) count * Integer.BYTES > in.remaining()) {
      throw wrongTexts(field, count);
    }
    String[] values = new String[count];
    for (int i = 0; i < count; i++) {
      if (in.remaining() < Integer.BYTES) {
        throw wrongTexts(field, count);
      }
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw wrongTexts(field, count);
      }
      values[i] = text(field, i, in.slice(in.position(), length));
      in.position(in.position() + length);
    }
    if (in.hasRemaining()) {
      throw wrongTexts(field, count);
    }
    return values;
  }

  /** One text. */
  public static String text(String field, int place, ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid(field + "[" + place + "]", "is not UTF-8");
    }
  }

  private static Problem wrongTexts(String field, int count) {
    return Problem.invalid(
        field, "its bytes are not %d texts, each after its length".formatted(count));
  }
}
