package ai.matih.ml.serving.dataplane;

import static ai.matih.ml.serving.fixture.memory.InMemoryServing.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.fixture.Asked;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.prediction.FeatureRow;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.PredictionInputs;
import ai.matih.ml.serving.prediction.PredictionReader;
import ai.matih.ml.serving.prediction.PredictionRequest;
import ai.matih.ml.serving.prediction.PredictionSettings;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.routing.RouterInMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PredictEndpointTests {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ROW = "{\"temp\":1.5,\"wind_speed\":0.5,\"distance\":3}";
  private static final String QUESTION = "{\"model_id\":\"late\",\"features\":" + ROW + "}";
  private final InMemoryServing serving = new InMemoryServing();
  private final RouterInMemory router =
      new RouterInMemory(
          serving, new OnnxEngine(new ScoringLimit(8, 100, Duration.ofSeconds(5))), List.of());
  private final PredictionReader reader =
      new PredictionReader(new PredictionSettings(1_000, 3, Duration.ofSeconds(1), 1));
  private final Predict predict =
      new Predict(
          router.router,
          new PredictionInputs((_, _) -> List.of(new FeatureRow(Map.of(), Map.of()))),
          router.observers,
          serving.clock);
  private final PredictEndpoint endpoint = new PredictEndpoint(reader, predict);

  @BeforeEach
  void serve() {
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    router.pass(3);
  }

  @AfterEach
  void stop() {
    router.stop();
  }

  @Test
  void answers_a_row_as_the_rules_behind_it_do() {
    PredictionRequest request = reader.read(QUESTION.getBytes(StandardCharsets.UTF_8));
    Output expected = new Output();
    new PredictionWriter()
        .write(predict.answer(TENANT, "user:bob", "r-1", request), request, expected);

    assertThat(withoutLatency(answer(QUESTION)))
        .isEqualTo(withoutLatency(expected.toString(StandardCharsets.UTF_8)));
  }

  @Test
  void answers_many_rows_with_the_numbers_of_one() {
    JsonNode single = JSON.readTree(answer(QUESTION)).path("prediction");
    String many =
        "{\"model_id\":\"late\",\"instances\":["
            + String.join(",", Collections.nCopies(200, ROW))
            + "]}";

    assertThat(JSON.readTree(answer(many)).path("predictions"))
        .hasSize(200)
        .allSatisfy(value -> assertThat(value).isEqualTo(single));
  }

  private String answer(String question) {
    byte[] body = question.getBytes(StandardCharsets.UTF_8);
    Endpoint.Work work = endpoint.read(new Asked("/api/v1/ml/predict"), body, body.length);
    Output out = new Output();
    work.answer(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String withoutLatency(String body) {
    return body.replaceAll("\"latency_ms\":[0-9.E-]+", "");
  }
}
