package ai.matih.ml.serving.deployment.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The A/B tests of a model. No strategy starts one yet, so there is none, and a gate that asks
 * learns just that.
 */
@RestController
class AbTestController {

  record AbTests(List<AbTest> items) {}

  record AbTest(String digest, String verdict) {}

  @GetMapping("/api/v1/ml/models/{id}/ab-tests")
  @Allow(Permission.DEPLOYMENTS_READ)
  AbTests list(@PathVariable String id, @RequestParam(required = false) @Nullable Long version) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    if (version != null && version < 1) {
      throw Problem.invalid("version", "must be a version number");
    }
    return new AbTests(List.of());
  }
}
