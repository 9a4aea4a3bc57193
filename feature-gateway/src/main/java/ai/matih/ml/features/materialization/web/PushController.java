package ai.matih.ml.features.materialization.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.materialization.PushRows;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "features")
class PushController {

  private final PushRows push;

  PushController(PushRows push) {
    this.push = push;
  }

  /**
   * @param rows each with the join keys, the source's timestamp columns (ISO 8601) and all
   *     features; the newest event of an entity stays, whatever the order of the rows
   */
  record PushRequest(
      @NotBlank @Size(max = 63) String view,
      @NotEmpty @Size(max = 1000) List<@NotEmpty Map<String, Object>> rows) {}

  record PushResponse(String view, int rows) {}

  @PostMapping("/api/v1/ml/features/push")
  @Allow(Permission.FEATURES_WRITE)
  @Idempotent(outside = true)
  @Operation(summary = "Write rows of one view straight into the online store")
  ResponseEntity<PushResponse> push(@Valid @RequestBody PushRequest request, Caller caller) {
    push.push(caller.tenant(), request.view(), request.rows());
    return ResponseEntity.ok(new PushResponse(request.view(), request.rows().size()));
  }
}
