package ai.matih.ml.serving.drift.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.drift.JudgeDrift;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How far a model's inputs and answers are from its training. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/drift")
class DriftController {

  private final JudgeDrift judge;

  DriftController(JudgeDrift judge) {
    this.judge = judge;
  }

  @GetMapping
  @Allow(Permission.DEPLOYMENTS_READ)
  DriftView drift(
      @PathVariable String id,
      @RequestParam(defaultValue = "24h") String window,
      @RequestParam(required = false) @Nullable Long version,
      @RequestParam(required = false) @Nullable String variant) {
    if (version != null && version < 1) {
      throw Problem.invalid("version", "must be a version number");
    }
    TimeWindow asked = TimeWindow.require(window);
    return DriftView.of(
        id,
        asked,
        judge.report(model(id), asked),
        Optional.ofNullable(version),
        Optional.ofNullable(variant));
  }

  static ModelId model(String id) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    return new ModelId(id);
  }
}
