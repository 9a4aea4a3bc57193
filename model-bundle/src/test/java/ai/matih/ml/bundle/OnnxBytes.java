package ai.matih.ml.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes ONNX files by hand: just enough of protobuf's wire format to say good and evil things. */
public final class OnnxBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public static OnnxBytes message() {
    return new OnnxBytes();
  }

  /** A small and honest model: one operator with one initializer. */
  public static byte[] good() {
    return model(graph(node("Identity", "")).field(5, tensor())).bytes();
  }

  public static OnnxBytes model(OnnxBytes graph) {
    return message().number(1, 9).field(8, message().number(2, 20)).field(7, graph);
  }

  public static OnnxBytes graph(OnnxBytes... nodes) {
    OnnxBytes graph = message();
    for (OnnxBytes node : nodes) {
      graph.field(1, node);
    }
    return graph;
  }

  public static OnnxBytes node(String type, String domain) {
    return message().text(1, "x").text(2, "y").text(4, type).text(7, domain);
  }

  public static OnnxBytes tensor() {
    return message().number(1, 1).number(2, 1).text(8, "weights").field(9, new byte[] {0, 0, 0, 0});
  }

  public OnnxBytes number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  public OnnxBytes text(int field, String value) {
    return field(field, value.getBytes(StandardCharsets.UTF_8));
  }

  public OnnxBytes field(int field, OnnxBytes message) {
    return field(field, message.bytes());
  }

  public OnnxBytes field(int field, byte[] content) {
    varint(((long) field << 3) | 2);
    varint(content.length);
    out.writeBytes(content);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  public byte[] bytes() {
    return out.toByteArray();
  }
}
