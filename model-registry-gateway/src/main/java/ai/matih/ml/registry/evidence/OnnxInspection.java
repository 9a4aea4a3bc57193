package ai.matih.ml.registry.evidence;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at the structure of an ONNX file before any engine loads it: a bounded walk over its
 * protobuf that finds data outside of the file, graphs too large or too deep, and operators that
 * are not the standard's.
 */
final class OnnxInspection {

  static final String CHECK = "onnx_structure";
  private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml");
  private static final int MAX_NODES = 200_000;
  private static final int MAX_TENSORS = 200_000;

  /** As many as fit into the largest file as 32-bit numbers. */
  private static final long MAX_ELEMENTS = 1L << 27;

  private static final int MAX_DEPTH = 8;
  private static final int MAX_NAME = 1024;
  private static final long EXTERNAL = 1;

  private int nodes;
  private int tensors;
  private boolean hasGraph;
  private final Set<String> domains = new TreeSet<>();

  private OnnxInspection() {}

  /** The finding about one file. */
  static Check inspect(ByteBuffer file) {
    OnnxInspection inspection = new OnnxInspection();
    try {
      inspection.model(new ProtobufReader(file));
      if (!inspection.hasGraph || inspection.nodes == 0) {
        return Check.failed(CHECK, "The ONNX file has no graph with an operator in it.");
      }
    } catch (OnnxRefused refused) {
      return Check.failed(CHECK, refused.reason());
    }
    return Check.passed(
        CHECK,
        "Self-contained, within limits, standard operators only.",
        Map.of(
            "nodes", inspection.nodes,
            "tensors", inspection.tensors,
            "domains", inspection.domains));
  }

  private void model(ProtobufReader in) {
    while (in.hasNext()) {
      switch (in.field()) {
        case 7 -> {
          hasGraph = true;
          graph(in.message(), 1);
        }
        case 8 -> operatorSet(in.message());
        case 20 -> throw new OnnxRefused("The ONNX file carries training code.");
        case 25 -> throw new OnnxRefused("The ONNX file defines operators of its own.");
        default -> in.skip();
      }
    }
  }

  private void operatorSet(ProtobufReader in) {
    while (in.hasNext()) {
      if (in.field() == 1) {
        domain(in.text(MAX_NAME));
      } else {
        in.skip();
      }
    }
  }

  private void domain(String domain) {
    if (!DOMAINS.contains(domain)) {
      throw new OnnxRefused(
          "The ONNX file uses operators of a domain other than ai.onnx and ai.onnx.ml.");
    }
    domains.add(domain.isEmpty() ? "ai.onnx" : domain);
  }

  private void graph(ProtobufReader in, int depth) {
    if (depth > MAX_DEPTH) {
      throw new OnnxRefused("The ONNX file nests graphs deeper than " + MAX_DEPTH + ".");
    }
    while (in.hasNext()) {
      switch (in.field()) {
        case 1 -> node(in.message(), depth);
        case 5 -> tensor(in.message());
        case 15 -> sparseTensor(in.message());
        default -> in.skip();
      }
    }
  }

  private void node(ProtobufReader in, int depth) {
    if (++nodes > MAX_NODES) {
      throw new OnnxRefused("The ONNX file has more than " + MAX_NODES + " operators.");
    }
    while (in.hasNext()) {
      switch (in.field()) {
        case 5 -> attribute(in.message(), depth);
        case 7 -> domain(in.text(MAX_NAME));
        default -> in.skip();
      }
    }
  }

  private void attribute(ProtobufReader in, int depth) {
    while (in.hasNext()) {
      switch (in.field()) {
        case 5, 10 -> tensor(in.message());
        case 6, 11 -> graph(in.message(), depth + 1);
        case 22, 23 -> sparseTensor(in.message());
        default -> in.skip();
      }
    }
  }

  private void sparseTensor(ProtobufReader in) {
    while (in.hasNext()) {
      switch (in.field()) {
        case 1, 2 -> tensor(in.message());
        default -> in.skip();
      }
    }
  }

  private void tensor(ProtobufReader in) {
    if (++tensors > MAX_TENSORS) {
      throw new OnnxRefused("The ONNX file has more than " + MAX_TENSORS + " tensors.");
    }
    long elements = 1;
    while (in.hasNext()) {
      switch (in.field()) {
        case 1 ->
            elements =
                in.isPacked()
                    ? dimensions(in.message(), elements)
                    : dimension(in.number(), elements);
        case 13 -> throw external();
        case 14 -> {
          if (in.number() == EXTERNAL) {
            throw external();
          }
        }
        default -> in.skip();
      }
    }
  }

  private static long dimensions(ProtobufReader packed, long elements) {
    long product = elements;
    while (packed.hasNext()) {
      product = dimension(packed.plainNumber(), product);
    }
    return product;
  }

  /** A few bytes may claim any size; an engine would reserve the memory for it. */
  private static long dimension(long dimension, long elements) {
    if (dimension < 0 || dimension > MAX_ELEMENTS || dimension * elements > MAX_ELEMENTS) {
      throw new OnnxRefused(
          "The ONNX file has a tensor of more than " + MAX_ELEMENTS + " elements.");
    }
    return dimension * elements;
  }

  private static OnnxRefused external() {
    return new OnnxRefused("The ONNX file keeps data outside of itself.");
  }
}
