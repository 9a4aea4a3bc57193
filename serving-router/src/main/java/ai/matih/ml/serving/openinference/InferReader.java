package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.openinference.InferRequest.Wanted;
import ai.matih.ml.serving.prediction.InputTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Reads requests: JSON, and behind it the bytes of the tensors that have no values in it. Fields
 * that the protocol does not have are left alone, as its other servers do.
 */
final class InferReader {

  private static final int MAX_NAME = 4_096;
  private static final int MAX_ID = 256;

  private final JsonFactory json =
      JsonFactory.builder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Python writes NaN where a value is missing.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(20)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(1_000)
                  .build())
          .build();

  private final int maxRows;

  InferReader(int maxRows) {
    this.maxRows = maxRows;
  }

  /**
   * Reads the first bytes of an array, and keeps nothing of it.
   *
   * @param headerLength how much of it is JSON; all when the caller does not say
   */
  InferRequest read(ModelAddress address, byte[] body, int length, @Nullable String headerLength) {
    int jsonLength = headerLength == null ? length : jsonLength(headerLength, length);
    Reading reading = new Reading();
    try (JsonParser in = json.createParser(ObjectReadContext.empty(), body, 0, jsonLength)) {
      reading.request(in);
      if (in.nextToken() != null) {
        throw new Problem(CommonError.MALFORMED_REQUEST, "The body goes on after its JSON object.");
      }
    } catch (JacksonException e) {
      throw new Problem(
          CommonError.MALFORMED_REQUEST,
          "The request's JSON cannot be read: " + e.getOriginalMessage());
    }
    return reading.complete(
        address, ByteBuffer.wrap(body, jsonLength, length - jsonLength), headerLength != null);
  }

  private static int jsonLength(String header, int length) {
    String digits = header.strip();
    boolean number =
        !digits.isEmpty() && digits.length() < 10 && digits.chars().allMatch(Character::isDigit);
    if (!number || Integer.parseInt(digits) > length) {
      throw Problem.invalid(
          "Inference-Header-Content-Length",
          "must be the length of the JSON, at most the %d bytes of the body".formatted(length));
    }
    return Integer.parseInt(digits);
  }

  /** A tensor as far as it was read. */
  private static final class Given {
    private String name = "";
    private String datatype = "";
    private long @Nullable [] shape;
    private @Nullable JsonValues values;
    private Map<String, Object> parameters = Map.of();
  }

  private final class Reading {

    private Optional<String> id = Optional.empty();
    private Parameters parameters = Parameters.NONE;
    private final List<Given> inputs = new ArrayList<>();
    private final List<Wanted> outputs = new ArrayList<>();

    void request(JsonParser in) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new Problem(CommonError.MALFORMED_REQUEST, "The body must be a JSON object.");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = in.currentName();
        in.nextToken();
        switch (field) {
          case "id" -> id = Optional.of(text(in, "id", MAX_ID));
          case "parameters" -> parameters = new Parameters(parameters(in, "parameters"));
          case "inputs" -> each(in, "inputs", this::input);
          case "outputs" -> each(in, "outputs", this::output);
          default -> in.skipChildren();
        }
      }
    }

    private interface Element {
      void read(JsonParser in, String field);
    }

    private void each(JsonParser in, String field, Element element) {
      if (in.currentToken() != JsonToken.START_ARRAY) {
        throw Problem.invalid(field, "must be a list");
      }
      int place = 0;
      while (in.nextToken() != JsonToken.END_ARRAY) {
        String at = field + "[" + place++ + "]";
        if (in.currentToken() != JsonToken.START_OBJECT) {
          throw Problem.invalid(at, "must be an object");
        }
        element.read(in, at);
      }
    }

    private void input(JsonParser in, String field) {
      Given tensor = new Given();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String part = in.currentName();
        in.nextToken();
        switch (part) {
          case "name" -> tensor.name = text(in, field + ".name", MAX_NAME);
          case "datatype" -> tensor.datatype = text(in, field + ".datatype", MAX_NAME);
          case "shape" -> tensor.shape = shape(in, field + ".shape");
          case "parameters" -> tensor.parameters = parameters(in, field + ".parameters");
          case "data" -> tensor.values = JsonValues.read(in, field + ".data", maxRows);
          default -> in.skipChildren();
        }
      }
      inputs.add(tensor);
    }

    private void output(JsonParser in, String field) {
      String name = "";
      Parameters of = Parameters.NONE;
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String part = in.currentName();
        in.nextToken();
        switch (part) {
          case "name" -> name = text(in, field + ".name", MAX_NAME);
          case "parameters" -> of = new Parameters(parameters(in, field + ".parameters"));
          default -> in.skipChildren();
        }
      }
      of.refuseSharedMemory(field + ".parameters");
      if (of.values().containsKey("classification")) {
        throw Problem.invalid(
            field + ".parameters.classification", "is not offered; read the probabilities");
      }
      outputs.add(new Wanted(name, of.flag(field + ".parameters", "binary_data")));
    }

    private static String text(JsonParser in, String field, int longest) {
      String text = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : "";
      if (in.currentToken() != JsonToken.VALUE_STRING || text.length() > longest) {
        throw Problem.invalid(field, "must be a text of at most " + longest + " characters");
      }
      return text;
    }

    private static long[] shape(JsonParser in, String field) {
      if (in.currentToken() != JsonToken.START_ARRAY) {
        throw Problem.invalid(field, "must be a list of sizes");
      }
      long[] sizes = new long[3];
      int count = 0;
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (in.currentToken() != JsonToken.VALUE_NUMBER_INT || count == sizes.length) {
          throw Problem.invalid(field, "must be [rows] or [rows, values per row]");
        }
        double size = in.getDoubleValue();
        sizes[count++] = Math.abs(size) > Integer.MAX_VALUE ? -1 : (long) size;
      }
      return Arrays.copyOf(sizes, count);
    }

    private static Map<String, Object> parameters(JsonParser in, String field) {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid(field, "must be an object");
      }
      Map<String, Object> parameters = new HashMap<>();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        switch (in.nextToken()) {
          case VALUE_STRING -> parameters.put(name, in.getString());
          case VALUE_TRUE -> parameters.put(name, true);
          case VALUE_FALSE -> parameters.put(name, false);
          case VALUE_NUMBER_INT -> parameters.put(name, whole(in));
          case VALUE_NUMBER_FLOAT -> parameters.put(name, in.getDoubleValue());
          default -> in.skipChildren();
        }
      }
      return parameters;
    }

    private static Object whole(JsonParser in) {
      double number = in.getDoubleValue();
      if (Math.abs(number) < Long.MAX_VALUE) {
        return in.getLongValue();
      }
      return number;
    }

    InferRequest complete(ModelAddress address, ByteBuffer bytes, boolean hasBytes) {
      List<InputTensor> tensors = new ArrayList<>();
      List<Shape> shapes = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        String field = "inputs[" + i + "]";
        Given given = inputs.get(i);
        if (given.shape == null) {
          throw Problem.invalid(field + ".shape", "is required");
        }
        Shape shape = Shape.of(field, given.shape, maxRows);
        shapes.add(shape);
        tensors.add(tensor(given, field, shape, bytes, hasBytes));
      }
      if (bytes.hasRemaining()) {
        throw Problem.invalid(
            "inputs", "leave %d bytes of the body to no tensor".formatted(bytes.remaining()));
      }
      boolean binary = parameters.flag("parameters", "binary_data_output").orElse(false);
      return InferRequest.of(address, id, tensors, shapes, parameters, outputs, binary);
    }

    private InputTensor tensor(
        Given given, String field, Shape shape, ByteBuffer bytes, boolean hasBytes) {
      if (given.name.isEmpty()) {
        throw Problem.invalid(field + ".name", "is required");
      }
      Datatype datatype =
          Datatype.ofWire(given.datatype)
              .orElseThrow(
                  () ->
                      Problem.invalid(
                          field + ".datatype",
                          "must be one of " + Arrays.toString(Datatype.values())));
      Parameters of = new Parameters(given.parameters);
      of.refuseSharedMemory(field + ".parameters");
      Object size = given.parameters.get("binary_data_size");
      if (size == null) {
        if (given.values == null) {
          throw Problem.invalid(field + ".data", "is required");
        }
        return given.values.tensor(given.name, field + ".data", datatype, shape);
      }
      if (given.values != null) {
        throw Problem.invalid(field + ".data", "cannot be given together with binary_data_size");
      }
      String sizeField = field + ".parameters.binary_data_size";
      if (!hasBytes) {
        throw Problem.invalid(sizeField, "needs the header Inference-Header-Content-Length");
      }
      if (!(size instanceof Long length) || length < 0 || length > bytes.remaining()) {
        throw Problem.invalid(
            sizeField,
            "must be a number of bytes, of which %d are left".formatted(bytes.remaining()));
      }
      ByteBuffer own = bytes.slice(bytes.position(), length.intValue());
      bytes.position(bytes.position() + length.intValue());
      return datatype.tensor(given.name, field, shape, own);
    }
  }

  /** The values of one tensor in JSON, in however many brackets. */
  private static final class JsonValues {

    private final int maxRows;
    private double[] numbers = new double[16];
    private long[] keys = new long[16];
    private String[] texts = {};
    private int count;
    private double smallest;
    private double largest;
    private boolean whole;
    private boolean decimal;
    private boolean flags;
    private boolean missing;

    private JsonValues(int maxRows) {
      this.maxRows = maxRows;
    }

    static JsonValues read(JsonParser in, String field, int maxRows) {
      if (in.currentToken() != JsonToken.START_ARRAY) {
        throw Problem.invalid(field, "must be a list of values");
      }
      JsonValues values = new JsonValues(maxRows);
      int depth = 1;
      while (depth > 0) {
        switch (in.nextToken()) {
          case START_ARRAY -> depth++;
          case END_ARRAY -> depth--;
          case VALUE_NUMBER_INT -> {
            values.whole = true;
            values.add(in.getDoubleValue(), key(in), field);
          }
          case VALUE_NUMBER_FLOAT -> {
            values.decimal = true;
            values.add(in.getDoubleValue(), InputTensor.NO_KEY, field);
          }
          case VALUE_TRUE, VALUE_FALSE -> {
            values.flags = true;
            values.add(
                in.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0, InputTensor.NO_KEY, field);
          }
          case VALUE_NULL -> {
            values.missing = true;
            values.add(Double.NaN, InputTensor.NO_KEY, field);
          }
          case VALUE_STRING -> values.add(in.getString(), field);
          case null -> throw Problem.invalid(field, "does not end");
          default -> throw Problem.invalid(field, "must hold values only");
        }
      }
      return values;
    }

    private static long key(JsonParser in) {
      return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? InputTensor.NO_KEY
          : in.getLongValue();
    }

    private void add(double number, long key, String field) {
      if (texts.length > 0) {
        throw mixed(field);
      }
      // A tensor of keys has one value per row.
      if (count < maxRows) {
        if (count == keys.length) {
          keys = Arrays.copyOf(keys, count * 2);
        }
        keys[count] = key;
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = number;
      smallest = Math.min(smallest, Double.isNaN(number) ? 0 : number);
      largest = Math.max(largest, Double.isNaN(number) ? 0 : number);
    }

    private void add(String text, String field) {
      if (count > 0 && texts.length == 0) {
        throw mixed(field);
      }
      if (count == texts.length) {
        texts = Arrays.copyOf(texts, Math.max(16, count * 2));
      }
      texts[count++] = text;
    }

    private static Problem mixed(String field) {
      return Problem.invalid(field, "mixes texts with other values");
    }

    InputTensor tensor(String name, String field, Datatype datatype, Shape shape) {
      if (!datatype.isInJson()) {
        throw Problem.invalid(field, "cannot be " + datatype + " in JSON; send it as bytes");
      }
      if (count != shape.count()) {
        throw Problem.invalid(
            field, "has %d values, the shape says %d".formatted(count, shape.count()));
      }
      if (!fits(datatype)) {
        throw Problem.invalid(field, "has a value that is no " + datatype);
      }
      return switch (datatype.type()) {
        case TEXT -> InputTensor.ofTexts(name, shape.width(), texts);
        case WHOLE -> InputTensor.ofWholes(name, shape.width(), numbers, keys);
        case BOOLEAN, DECIMAL ->
            InputTensor.ofNumbers(name, shape.width(), datatype.type(), numbers);
      };
    }

    private boolean fits(Datatype datatype) {
      boolean anyNumber = whole || decimal;
      return switch (datatype.type()) {
        case TEXT -> texts.length > 0 && !anyNumber && !flags && !missing;
        case BOOLEAN -> texts.length == 0 && !anyNumber && !missing;
        case WHOLE ->
            texts.length == 0
                && !flags
                && !decimal
                && smallest >= datatype.least()
                && largest <= datatype.most();
        case DECIMAL -> texts.length == 0 && !flags;
      };
    }
  }
}
