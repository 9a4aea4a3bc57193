package ai.matih.ml.registry.drift.web;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Hears from the router that a drift alert opened or closed. It is audited, and so told to
 * webhooks; the alert itself is the router's.
 */
@RestController
class DriftAlertController {

  private final Audit audit;
  private final FindModel find;

  DriftAlertController(Audit audit, FindModel find) {
    this.audit = audit;
    this.find = find;
  }

  /**
   * One word about one alert.
   *
   * @param opened false when it closed
   * @param features inputs and answers that drifted
   */
  record DriftAlertRequest(
      @NotBlank(message = "is required") @Size(max = 64) String alertId,
      @NotNull(message = "is required") Boolean opened,
      @NotNull(message = "is required") @Min(1) @Max(Integer.MAX_VALUE) Long version,
      @NotBlank(message = "is required") @Size(max = 64) String variant,
      @NotBlank(message = "is required") @Size(max = 64) String severity,
      @NotBlank(message = "is required") @Size(max = 64) String cause,
      @NotNull(message = "is required") @Size(max = 1000)
          List<@NotNull(message = "must be a text") String> features) {}

  record DriftAlertHeard(String alertId) {}

  @PostMapping("/api/v1/ml/models/{id}/drift-alerts")
  @Allow(Permission.INTERNAL_CALL)
  @Idempotent
  ResponseEntity<DriftAlertHeard> hear(
      @PathVariable ModelId id, @Valid @RequestBody DriftAlertRequest alert) {
    ModelId model = find.model(id).id();
    audit.record(
        alert.opened() ? "drift.opened" : "drift.closed",
        "models/%s/versions/%d".formatted(model.slug(), alert.version()),
        Map.of(
            "model_id", model.slug(),
            "version", alert.version(),
            "alert_id", alert.alertId(),
            "variant", alert.variant(),
            "severity", alert.severity(),
            "cause", alert.cause(),
            "features", alert.features()));
    return ResponseEntity.ok(new DriftAlertHeard(alert.alertId()));
  }
}
