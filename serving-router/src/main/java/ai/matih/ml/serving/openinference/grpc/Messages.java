package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.openinference.Datatype;
import ai.matih.ml.serving.openinference.InferRequest;
import ai.matih.ml.serving.openinference.InferRequest.Wanted;
import ai.matih.ml.serving.openinference.InferWriter;
import ai.matih.ml.serving.openinference.ModelAddress;
import ai.matih.ml.serving.openinference.OutputValues;
import ai.matih.ml.serving.openinference.Parameters;
import ai.matih.ml.serving.openinference.Shape;
import ai.matih.ml.serving.openinference.TensorInfo;
import ai.matih.ml.serving.prediction.InputTensor;
import ai.matih.ml.serving.prediction.Prediction;
import com.google.protobuf.UnsafeByteOperations;
import inference.InferParameter;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferResponse;
import inference.ModelInferResponse.InferOutputTensor;
import inference.ModelMetadataResponse.TensorMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/** Requests and answers as messages. */
final class Messages {

  private static final int MAX_NAME = 4_096;

  private final int maxRows;

  Messages(int maxRows) {
    this.maxRows = maxRows;
  }

  InferRequest read(ModelInferRequest request) {
    boolean raw = request.getRawInputContentsCount() > 0;
    if (raw && request.getRawInputContentsCount() != request.getInputsCount()) {
      throw Problem.invalid(
          "raw_input_contents",
          "has %d parts for %d inputs"
              .formatted(request.getRawInputContentsCount(), request.getInputsCount()));
    }
    List<InputTensor> tensors = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < request.getInputsCount(); i++) {
      InferInputTensor input = request.getInputs(i);
      String field = "inputs[" + i + "]";
      new Parameters(parameters(input.getParametersMap()))
          .refuseSharedMemory(field + ".parameters");
      if (input.getName().isEmpty() || input.getName().length() > MAX_NAME) {
        throw Problem.invalid(field + ".name", "is required");
      }
      Datatype datatype =
          Datatype.ofWire(input.getDatatype())
              .orElseThrow(
                  () ->
                      Problem.invalid(
                          field + ".datatype",
                          "must be one of " + Arrays.toString(Datatype.values())));
      Shape shape =
          Shape.of(
              field, input.getShapeList().stream().mapToLong(Long::longValue).toArray(), maxRows);
      shapes.add(shape);
      if (!raw) {
        tensors.add(tensor(input, field + ".contents", datatype, shape));
      } else if (input.hasContents()) {
        throw Problem.invalid(
            field + ".contents", "cannot be given together with raw_input_contents");
      } else {
        tensors.add(
            datatype.tensor(
                input.getName(),
                field,
                shape,
                request.getRawInputContents(i).asReadOnlyByteBuffer()));
      }
    }
    List<Wanted> outputs =
        request.getOutputsList().stream()
            .map(output -> new Wanted(output.getName(), Optional.empty()))
            .toList();
    return InferRequest.of(
        ModelAddress.of(request.getModelName(), request.getModelVersion()),
        request.getId().isEmpty() ? Optional.empty() : Optional.of(request.getId()),
        tensors,
        shapes,
        new Parameters(parameters(request.getParametersMap())),
        outputs,
        true);
  }

  private static Map<String, Object> parameters(Map<String, InferParameter> messages) {
    Map<String, Object> parameters = new HashMap<>();
    messages.forEach(
        (name, value) -> {
          switch (value.getParameterChoiceCase()) {
            case BOOL_PARAM -> parameters.put(name, value.getBoolParam());
            case INT64_PARAM -> parameters.put(name, value.getInt64Param());
            case STRING_PARAM -> parameters.put(name, value.getStringParam());
            case DOUBLE_PARAM -> parameters.put(name, value.getDoubleParam());
            case UINT64_PARAM -> parameters.put(name, value.getUint64Param());
            case PARAMETERCHOICE_NOT_SET -> {}
          }
        });
    return parameters;
  }

  private static InputTensor tensor(
      InferInputTensor input, String field, Datatype datatype, Shape shape) {
    InferTensorContents in = input.getContents();
    return switch (datatype) {
      case BOOL ->
          numbers(
              input,
              field,
              datatype,
              shape,
              in.getBoolContentsCount(),
              i -> in.getBoolContents(i) ? 1 : 0);
      case INT8, INT16, INT32 ->
          wholes(input, field, datatype, shape, in.getIntContentsCount(), in::getIntContents);
      case INT64 ->
          wholes(input, field, datatype, shape, in.getInt64ContentsCount(), in::getInt64Contents);
      case UINT8, UINT16, UINT32 ->
          wholes(
              input,
              field,
              datatype,
              shape,
              in.getUintContentsCount(),
              i -> Integer.toUnsignedLong(in.getUintContents(i)));
      case UINT64 ->
          wholes(input, field, datatype, shape, in.getUint64ContentsCount(), in::getUint64Contents);
      case FP32 ->
          numbers(input, field, datatype, shape, in.getFp32ContentsCount(), in::getFp32Contents);
      case FP64 ->
          numbers(input, field, datatype, shape, in.getFp64ContentsCount(), in::getFp64Contents);
      case BYTES -> texts(input, field, shape);
      case FP16, BF16 ->
          throw Problem.invalid(field, "cannot be " + datatype + "; use raw_input_contents");
    };
  }

  private static InputTensor numbers(
      InferInputTensor input,
      String field,
      Datatype datatype,
      Shape shape,
      int count,
      IntToDoubleFunction value) {
    requireCount(field, shape, count);
    double[] numbers = new double[count];
    Arrays.setAll(numbers, value);
    return InputTensor.ofNumbers(input.getName(), shape.width(), datatype.type(), numbers);
  }

  private static InputTensor wholes(
      InferInputTensor input,
      String field,
      Datatype datatype,
      Shape shape,
      int count,
      IntToLongFunction bits) {
    requireCount(field, shape, count);
    InputTensor tensor = datatype.wholes(input.getName(), shape, bits);
    for (int i = 0; i < count; i++) {
      double number = tensor.numbers()[i];
      if (number < datatype.least() || number > datatype.most()) {
        throw Problem.invalid(field + "[" + i + "]", "is no " + datatype);
      }
    }
    return tensor;
  }

  private static InputTensor texts(InferInputTensor input, String field, Shape shape) {
    int count = input.getContents().getBytesContentsCount();
    requireCount(field, shape, count);
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      texts[i] =
          Datatype.text(field, i, input.getContents().getBytesContents(i).asReadOnlyByteBuffer());
    }
    return InputTensor.ofTexts(input.getName(), shape.width(), texts);
  }

  private static void requireCount(String field, Shape shape, int count) {
    if (count != shape.count()) {
      throw Problem.invalid(
          field, "has %d values, the shape says %d".formatted(count, shape.count()));
    }
  }

  ModelInferResponse answer(InferRequest request, Prediction prediction) {
    ModelInferResponse.Builder answer =
        ModelInferResponse.newBuilder()
            .setModelName(prediction.model().value())
            .setModelVersion(Long.toString(prediction.target().version()));
    request.id().ifPresent(answer::setId);
    InferWriter.parameters(prediction)
        .forEach(
            (name, value) ->
                answer.putParameters(
                    name, InferParameter.newBuilder().setStringParam(value).build()));
    for (TensorInfo wanted : request.wanted(prediction.scores().signature())) {
      OutputValues values = new OutputValues(wanted, prediction.scores());
      answer.addOutputs(
          InferOutputTensor.newBuilder()
              .setName(wanted.name())
              .setDatatype(wanted.datatype().name())
              .addAllShape(values.shape()));
      answer.addRawOutputContents(UnsafeByteOperations.unsafeWrap(values.bytes()));
    }
    return answer.build();
  }

  static TensorMetadata metadata(TensorInfo tensor) {
    return TensorMetadata.newBuilder()
        .setName(tensor.name())
        .setDatatype(tensor.datatype().name())
        .addAllShape(tensor.shape())
        .build();
  }
}
