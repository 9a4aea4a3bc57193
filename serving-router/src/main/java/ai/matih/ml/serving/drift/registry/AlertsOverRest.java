package ai.matih.ml.serving.drift.registry;

import ai.matih.ml.serving.drift.AlertReceiver;
import ai.matih.ml.serving.drift.DriftAlert;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Tells the model registry gateway. */
public final class AlertsOverRest implements AlertReceiver {

  private final RestClient client;

  public AlertsOverRest(RestClient client) {
    this.client = client;
  }

  private record AlertBody(
      String alertId,
      boolean opened,
      long version,
      String variant,
      String severity,
      String cause,
      List<String> features) {}

  @Override
  public void tell(DriftAlert alert, boolean opened) {
    client
        .post()
        .uri("/api/v1/ml/models/{id}/drift-alerts", alert.model().value())
        .header("Idempotency-Key", alert.id() + (opened ? "-opened" : "-closed"))
        .contentType(MediaType.APPLICATION_JSON)
        .body(
            new AlertBody(
                alert.id(),
                opened,
                alert.version(),
                alert.variant(),
                alert.severity().wireName(),
                alert.cause().wireName(),
                alert.features()))
        .retrieve()
        .toBodilessEntity();
  }
}
