package ai.matih.ml.bundle;

import ai.matih.ml.bundle.BundleRefused.Part;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * Walks through an ONNX file as plain protobuf, before any native code sees it, and refuses what a
 * served model never needs: data outside the file, foreign operators, loops, randomness, functions,
 * graphs too deep or too large. Field numbers are those of {@code onnx.proto}.
 */
public final class OnnxInspection {

  private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml");

  /** A loop can run for ever and a random answer cannot be proved. */
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

  private static final int MAX_NODES = 50_000;
  private static final int MAX_TENSORS = 200_000;

  /** As many as fit into the largest file as 32-bit numbers. */
  private static final long MAX_ELEMENTS = 1L << 27;

  private static final int MAX_DEPTH = 8;
  private static final int MAX_NAME = 1024;
  private static final long EXTERNAL = 1;

  private final CodedInputStream in;
  private final Set<String> domains = new TreeSet<>();
  private int nodes;
  private int tensors;

  /**
   * What an accepted file holds.
   *
   * @param domains of its operators
   */
  public record Found(int nodes, int tensors, Set<String> domains) {

    public Found {
      domains = Set.copyOf(domains);
    }
  }

  @FunctionalInterface
  private interface Field {
    /** Reads the content of the field, or answers false to have it skipped. */
    boolean read(int number) throws IOException;
  }

  private OnnxInspection(CodedInputStream in) {
    this.in = in;
  }

  /**
   * Inspects a file in memory.
   *
   * @throws BundleRefused with {@link Part#MODEL}
   */
  public static Found inspect(byte[] file) {
    try {
      return inspect(CodedInputStream.newInstance(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Inspects a file as it arrives, without ever holding it.
   *
   * @throws BundleRefused with {@link Part#MODEL}, also when it is larger than {@code maxBytes}
   * @throws IOException when it cannot be read on
   */
  public static Found inspect(InputStream file, long maxBytes) throws IOException {
    return inspect(CodedInputStream.newInstance(new BoundedStream(file, maxBytes)));
  }

  private static Found inspect(CodedInputStream in) throws IOException {
    OnnxInspection inspection = new OnnxInspection(in);
    try {
      inspection.model();
    } catch (InvalidProtocolBufferException e) {
      throw refused("The file is not a well-formed ONNX model.");
    }
    if (inspection.nodes == 0) {
      throw refused("The ONNX file has no graph with an operator in it.");
    }
    return new Found(inspection.nodes, inspection.tensors, inspection.domains);
  }

  private void model() throws IOException {
    fields(
        field ->
            switch (field) {
              case 7 -> message(number -> graph(number, 1));
              case 8 -> message(this::operatorSet);
              case 20 -> throw refused("The ONNX file carries training code.");
              case 25 -> throw refused("The ONNX file defines operators of its own.");
              default -> false;
            });
  }

  private boolean operatorSet(int field) throws IOException {
    if (field != 1) {
      return false;
    }
    domain();
    return true;
  }

  private boolean graph(int field, int depth) throws IOException {
    return switch (field) {
      case 1 -> {
        if (++nodes > MAX_NODES) {
          throw refused("The ONNX file has more than " + MAX_NODES + " operators.");
        }
        yield message(number -> node(number, depth));
      }
      case 5 -> tensor();
      case 15 -> message(this::sparseTensor);
      default -> false;
    };
  }

  private boolean node(int field, int depth) throws IOException {
    switch (field) {
      case 4 -> operator();
      case 5 -> message(number -> attribute(number, depth));
      case 7 -> domain();
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean attribute(int field, int depth) throws IOException {
    return switch (field) {
      case 5, 10 -> tensor();
      case 6, 11 -> {
        if (depth == MAX_DEPTH) {
          throw refused("The ONNX file nests graphs deeper than " + MAX_DEPTH + ".");
        }
        yield message(number -> graph(number, depth + 1));
      }
      case 22, 23 -> message(this::sparseTensor);
      default -> false;
    };
  }

  private boolean sparseTensor(int field) throws IOException {
    return (field == 1 || field == 2) && tensor();
  }

  private boolean tensor() throws IOException {
    if (++tensors > MAX_TENSORS) {
      throw refused("The ONNX file has more than " + MAX_TENSORS + " tensors.");
    }
    long[] elements = {1};
    return message(
        field -> {
          switch (field) {
            case 1 -> dimensions(elements);
            case 13 -> throw external();
            case 14 -> {
              if (varint() == EXTERNAL) {
                throw external();
              }
            }
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  /** One dimension, or all of them in packed form. */
  private void dimensions(long[] elements) throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) == WireFormat.WIRETYPE_VARINT) {
      elements[0] = dimension(in.readRawVarint64(), elements[0]);
      return;
    }
    int limit = in.pushLimit(length());
    while (in.getBytesUntilLimit() > 0) {
      elements[0] = dimension(in.readRawVarint64(), elements[0]);
    }
    in.popLimit(limit);
  }

  /** A few bytes may claim any size; an engine would reserve the memory for it. */
  private static long dimension(long dimension, long elements) {
    if (dimension < 0 || dimension > MAX_ELEMENTS || dimension * elements > MAX_ELEMENTS) {
      throw refused("The ONNX file has a tensor of more than " + MAX_ELEMENTS + " elements.");
    }
    return dimension * elements;
  }

  private void operator() throws IOException {
    String name = name();
    if (FORBIDDEN_OPERATORS.contains(name)) {
      throw refused("The ONNX file uses the operator " + name + ", which is not allowed.");
    }
  }

  private void domain() throws IOException {
    String domain = name();
    if (!DOMAINS.contains(domain)) {
      throw refused("The ONNX file uses operators of a domain other than ai.onnx and ai.onnx.ml.");
    }
    domains.add(domain.isEmpty() ? "ai.onnx" : domain);
  }

  private String name() throws IOException {
    int length = length();
    if (length > MAX_NAME) {
      throw refused("The ONNX file has a name longer than " + MAX_NAME + " bytes.");
    }
    return new String(in.readRawBytes(length), StandardCharsets.UTF_8);
  }

  private boolean message(Field field) throws IOException {
    int limit = in.pushLimit(length());
    fields(field);
    // A stream that ends within a message reads like the end of the message.
    if (in.getBytesUntilLimit() > 0) {
      throw malformed();
    }
    in.popLimit(limit);
    return true;
  }

  /** Reads up to the end of the current message; nothing in ONNX is a group. */
  private void fields(Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int type = WireFormat.getTagWireType(tag);
      if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
        throw malformed();
      }
      if (!field.read(WireFormat.getTagFieldNumber(tag))) {
        in.skipField(tag);
      }
    }
  }

  private int length() throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      throw malformed();
    }
    int length = in.readRawVarint32();
    if (length < 0) {
      throw malformed();
    }
    return length;
  }

  private long varint() throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) != WireFormat.WIRETYPE_VARINT) {
      throw malformed();
    }
    return in.readRawVarint64();
  }

  private static BundleRefused malformed() {
    return refused("The file is not a well-formed ONNX model.");
  }

  private static BundleRefused external() {
    return refused("The ONNX file keeps data outside of itself.");
  }

  private static BundleRefused refused(String reason) {
    return new BundleRefused(Part.MODEL, reason);
  }
}
