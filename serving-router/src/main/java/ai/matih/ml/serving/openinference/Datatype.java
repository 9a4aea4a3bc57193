package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.prediction.InputTensor;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.IntToLongFunction;

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
    int count = shape.count();
    if (this == BYTES) {
      return InputTensor.ofTexts(name, shape.width(), texts(field, bytes, count));
    }
    if (bytes.remaining() != (long) count * size) {
      throw Problem.invalid(
          field,
          "has %d bytes, but %d values of %s take %d"
              .formatted(bytes.remaining(), count, this, (long) count * size));
    }
    ByteBuffer in = bytes.order(ByteOrder.LITTLE_ENDIAN);
    return type == InputTensor.Type.WHOLE
        ? wholes(name, shape, _ -> whole(in))
        : InputTensor.ofNumbers(name, shape.width(), type, decimals(in, count));
  }

  /**
   * A tensor of whole numbers.
   *
   * @param bits gives the value at a place, one place after the other; of UINT64 its bits
   */
  public InputTensor wholes(String name, Shape shape, IntToLongFunction bits) {
    double[] numbers = new double[shape.count()];
    long[] keys = new long[shape.width() == 1 ? numbers.length : 0];
    for (int i = 0; i < numbers.length; i++) {
      long value = bits.applyAsLong(i);
      boolean beyond = this == UINT64 && value < 0;
      numbers[i] = beyond ? BigInteger.valueOf(value).add(UNSIGNED).doubleValue() : value;
      if (i < keys.length) {
        keys[i] = beyond ? InputTensor.NO_KEY : value;
      }
    }
    return InputTensor.ofWholes(name, shape.width(), numbers, keys);
  }

  private long whole(ByteBuffer in) {
    return switch (this) {
      case UINT8 -> Byte.toUnsignedLong(in.get());
      case UINT16 -> Short.toUnsignedLong(in.getShort());
      case UINT32 -> Integer.toUnsignedLong(in.getInt());
      case INT8 -> in.get();
      case INT16 -> in.getShort();
      case INT32 -> in.getInt();
      case INT64, UINT64 -> in.getLong();
      case BOOL, FP16, BF16, FP32, FP64, BYTES ->
          throw new IllegalStateException(this + " is no type of whole numbers");
    };
  }

  private double[] decimals(ByteBuffer in, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (this) {
            case BOOL -> in.get() == 0 ? 0 : 1;
            case FP16 -> Float.float16ToFloat(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << Short.SIZE);
            case FP32 -> in.getFloat();
            case FP64 -> in.getDouble();
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES ->
                throw new IllegalStateException(this + " is no type of decimals or flags");
          };
    }
    return values;
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
