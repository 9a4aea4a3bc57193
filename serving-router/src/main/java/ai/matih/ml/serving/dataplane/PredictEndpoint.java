package ai.matih.ml.serving.dataplane;

import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.common.dataplane.Request;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.Prediction;
import ai.matih.ml.serving.prediction.PredictionReader;
import ai.matih.ml.serving.prediction.PredictionRequest;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** {@code POST /api/v1/ml/predict}. */
@Component
final class PredictEndpoint implements Endpoint {

  private final PredictionReader reader;
  private final Predict predict;
  private final PredictionWriter writer = new PredictionWriter();

  PredictEndpoint(PredictionReader reader, Predict predict) {
    this.reader = reader;
    this.predict = predict;
  }

  @Override
  public List<String> paths() {
    return List.of("/api/v1/ml/predict");
  }

  @Override
  public List<Permission> permissions() {
    return List.of(Permission.PREDICTIONS_CREATE);
  }

  @Override
  public Work read(Request asked, byte[] body, int length) {
    Caller caller = asked.caller();
    String requestId = asked.requestId();
    PredictionRequest request = reader.read(body, length);
    return new Work() {
      @Override
      public boolean answerAtOnce(Output to) {
        Optional<Prediction> prediction =
            predict.answerAtOnce(caller.tenant(), caller.actor(), requestId, request);
        if (prediction.isEmpty()) {
          return false;
        }
        writer.write(prediction.get(), request, to);
        return true;
      }

      @Override
      public void answer(Output to) {
        writer.write(
            predict.answer(caller.tenant(), caller.actor(), requestId, request), request, to);
      }
    };
  }
}
