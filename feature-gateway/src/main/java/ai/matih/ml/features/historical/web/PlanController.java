package ai.matih.ml.features.historical.web;

import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.historical.PlanFeatures;
import ai.matih.ml.features.historical.TrainingPlan;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "features")
class PlanController {

  private final PlanFeatures plans;

  PlanController(PlanFeatures plans) {
    this.plans = plans;
  }

  record PlanRequest(Optional<List<@NotNull String>> features, Optional<String> featureService) {}

  @PostMapping("/api/v1/ml/features/plan")
  @Allow(Permission.FEATURES_READ)
  @Operation(summary = "From which files and columns a training set takes these features")
  TrainingPlan plan(@Valid @RequestBody PlanRequest request, Caller caller) {
    return plans.plan(caller.tenant(), request.features(), request.featureService());
  }
}
