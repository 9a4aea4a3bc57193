package ai.matih.ml.serving.openinference.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.common.problem.Problem;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A request as a message ... */
class MessagesTests {

  private static final Signature SIGNATURE =
      new Signature(
          2,
          Task.REGRESSION,
          List.of(new Column("spent", ColumnType.DOUBLE, true)),
          List.of(),
          Optional.of(
              new FeatureSource(
                  List.of("customers:spent"), Optional.empty(), List.of("customer"))));

  private static final long KEY = 9_007_199_254_740_993L;

  private final Messages messages = new Messages(10);

  @Test
  void names_the_entity_that_was_sent() {
    assertThat(entities("INT64", InferTensorContents.newBuilder().addInt64Contents(KEY)))
        .isEqualTo(Map.of("customer", List.of(KEY)));
    assertThat(entities("UINT64", InferTensorContents.newBuilder().addUint64Contents(KEY)))
        .isEqualTo(Map.of("customer", List.of(KEY)));
    assertThat(entities("UINT32", InferTensorContents.newBuilder().addUintContents(-1)))
        .isEqualTo(Map.of("customer", List.of(4_294_967_295L)));
    assertThat(entities("INT8", InferTensorContents.newBuilder().addIntContents(-128)))
        .isEqualTo(Map.of("customer", List.of(-128L)));
  }

  @Test
  void is_refused_when_no_entity_can_have_its_key() {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(
            () -> entities("UINT64", InferTensorContents.newBuilder().addUint64Contents(-1)))
        .satisfies(
            problem ->
                assertThat(problem.violations())
                    .extracting(violation -> violation.field())
                    .containsExactly("inputs.customer[0]"));
  }

  private Map<String, List<Object>> entities(
      String datatype, InferTensorContents.Builder contents) {
    return messages
        .read(
            ModelInferRequest.newBuilder()
                .setModelName("late")
                .addInputs(
                    InferInputTensor.newBuilder()
                        .setName("customer")
                        .setDatatype(datatype)
                        .addShape(1)
                        .setContents(contents))
                .build())
        .question()
        .entitiesFor(SIGNATURE);
  }
}
