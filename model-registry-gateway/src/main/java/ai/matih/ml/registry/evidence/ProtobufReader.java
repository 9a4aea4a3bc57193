package ai.matih.ml.registry.evidence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads protobuf's wire format field by field, without ever copying or trusting a length. */
final class ProtobufReader {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer bytes;
  private int wireType;

  ProtobufReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  boolean hasNext() {
    return bytes.hasRemaining();
  }

  /** The number of the next field; its content has to be read or skipped then. */
  int field() {
    long tag = varint();
    wireType = (int) (tag & 7);
    long field = tag >>> 3;
    if (field < 1 || field > 536_870_911) {
      throw malformed();
    }
    return (int) field;
  }

  long number() {
    if (wireType != VARINT) {
      throw malformed();
    }
    return varint();
  }

  /** Whether the field's numbers come as one packed block. */
  boolean isPacked() {
    return wireType == LENGTH_DELIMITED;
  }

  /** The next number of a packed block. */
  long plainNumber() {
    return varint();
  }

  ProtobufReader message() {
    return new ProtobufReader(slice());
  }

  String text(int maxBytes) {
    ByteBuffer slice = slice();
    if (slice.remaining() > maxBytes) {
      throw new OnnxRefused("The ONNX file has a name longer than " + maxBytes + " bytes.");
    }
    return StandardCharsets.UTF_8.decode(slice).toString();
  }

  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case LENGTH_DELIMITED -> slice();
      case FIXED32 -> advance(4);
      default -> throw malformed();
    }
  }

  private ByteBuffer slice() {
    if (wireType != LENGTH_DELIMITED) {
      throw malformed();
    }
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw malformed();
    }
    ByteBuffer slice = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return slice;
  }

  private void advance(int count) {
    if (bytes.remaining() < count) {
      throw malformed();
    }
    bytes.position(bytes.position() + count);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw malformed();
      }
      byte next = bytes.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed();
  }

  private static OnnxRefused malformed() {
    return new OnnxRefused("The file is not a well-formed ONNX model.");
  }
}
