package ai.matih.ml.serving.engine.onnx;

import ai.matih.ml.serving.engine.BundleRefused;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Reads an ONNX file as plain protobuf, before any native code sees it, and refuses what a served
 * model never needs: data outside the file, foreign operator domains, loops, randomness, functions,
 * deep or huge graphs.
 */
final class OnnxFile {

  private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml");

  /**
   * A loop can run for ever and a random answer cannot be proved, so neither may enter the router.
   */
  private static final Set<String> FORBIDDEN_OPERATORS =
      Set.of(
          "Loop",
          "Scan",
          "SequenceMap",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Multinomial",
          "Bernoulli");

  private static final int MAX_DEPTH = 8;
  private static final int MAX_NODES = 50_000;

  private int nodes;
  private boolean graph;

  private OnnxFile() {}

  /** Checks a model file; returns normally only for one that an engine may open. */
  static void check(byte[] bytes) {
    OnnxFile file = new OnnxFile();
    try {
      file.model(new Wire(bytes, 0, bytes.length));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw refused("the file is not an ONNX model");
    }
    if (!file.graph) {
      throw refused("the file is not an ONNX model: it holds no graph");
    }
  }

  private void model(Wire wire) {
    while (wire.next()) {
      switch (wire.field()) {
        case 7 -> {
          graph = true;
          graph(wire.message(), 0);
        }
        case 8 -> operatorSet(wire.message());
        case 20 -> throw refused("the model carries training information");
        case 25 -> throw refused("the model defines functions of its own");
        default -> wire.skip();
      }
    }
  }

  private void operatorSet(Wire wire) {
    while (wire.next()) {
      if (wire.field() == 1) {
        domain(wire.text());
      } else {
        wire.skip();
      }
    }
  }

  private void graph(Wire wire, int depth) {
    if (depth > MAX_DEPTH) {
      throw refused("graphs are nested more than " + MAX_DEPTH + " deep");
    }
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> node(wire.message(), depth);
        case 5 -> tensor(wire.message());
        case 15 -> sparseTensor(wire.message());
        default -> wire.skip();
      }
    }
  }

  private void node(Wire wire, int depth) {
    if (++nodes > MAX_NODES) {
      throw refused("the graph has more than " + MAX_NODES + " nodes");
    }
    while (wire.next()) {
      switch (wire.field()) {
        case 4 -> operator(wire.text());
        case 5 -> attribute(wire.message(), depth);
        case 7 -> domain(wire.text());
        default -> wire.skip();
      }
    }
  }

  private void attribute(Wire wire, int depth) {
    while (wire.next()) {
      switch (wire.field()) {
        case 5, 10 -> tensor(wire.message());
        case 6, 11 -> graph(wire.message(), depth + 1);
        case 22, 23 -> sparseTensor(wire.message());
        default -> wire.skip();
      }
    }
  }

  private static void sparseTensor(Wire wire) {
    while (wire.next()) {
      switch (wire.field()) {
        case 1, 2 -> tensor(wire.message());
        default -> wire.skip();
      }
    }
  }

  private static void tensor(Wire wire) {
    while (wire.next()) {
      switch (wire.field()) {
        case 13 -> throw refused("the model keeps data outside its file");
        case 14 -> {
          if (wire.varint() != 0) {
            throw refused("the model keeps data outside its file");
          }
        }
        default -> wire.skip();
      }
    }
  }

  private static void operator(String name) {
    if (FORBIDDEN_OPERATORS.contains(name)) {
      throw refused("the operator " + name + " is not allowed in a served model");
    }
  }

  private static void domain(String name) {
    if (!DOMAINS.contains(name)) {
      throw refused("the model uses operators outside the standard domains");
    }
  }

  private static BundleRefused refused(String reason) {
    return new BundleRefused(BundleRefused.Part.MODEL, reason);
  }

  /** A cursor over protobuf's wire format that never leaves its slice. */
  private static final class Wire {

    private final byte[] bytes;
    private final int end;
    private int at;
    private int field;
    private int type;

    Wire(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    boolean next() {
      if (at >= end) {
        return false;
      }
      long key = varint();
      field = (int) (key >>> 3);
      type = (int) (key & 7);
      return true;
    }

    int field() {
      return field;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        byte b = bytes[advance(1)];
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("varint too long");
    }

    Wire message() {
      int length = length();
      return new Wire(bytes, advance(length), at);
    }

    String text() {
      int length = length();
      return new String(bytes, advance(length), length, StandardCharsets.UTF_8);
    }

    void skip() {
      switch (type) {
        case 0 -> varint();
        case 1 -> advance(8);
        case 2 -> advance(length());
        case 5 -> advance(4);
        default -> throw new IllegalArgumentException("unknown wire type");
      }
    }

    private int length() {
      if (type != 2) {
        throw new IllegalArgumentException("not length-delimited");
      }
      long length = varint();
      if (length < 0 || length > end - at) {
        throw new IllegalArgumentException("length beyond the slice");
      }
      return (int) length;
    }

    private int advance(int count) {
      if (count > end - at) {
        throw new IllegalArgumentException("end of slice");
      }
      int start = at;
      at += count;
      return start;
    }
  }
}
