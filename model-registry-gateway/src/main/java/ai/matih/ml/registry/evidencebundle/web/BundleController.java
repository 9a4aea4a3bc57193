package ai.matih.ml.registry.evidencebundle.web;

import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.registry.evidencebundle.AssembleBundle;
import ai.matih.ml.registry.model.ModelId;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What a decision rested on, as a file. */
@RestController
class BundleController {

  private final AssembleBundle bundles;

  BundleController(AssembleBundle bundles) {
    this.bundles = bundles;
  }

  /** A zip file that {@code ./ml verify-bundle} verifies; it shows audit rows. */
  @GetMapping(
      path = "/api/v1/ml/models/{id}/transitions/{transition}/bundle",
      produces = "application/zip")
  @Allow(Permission.AUDIT_READ)
  ResponseEntity<byte[]> bundle(@PathVariable ModelId id, @PathVariable UUID transition) {
    byte[] bundle = bundles.assemble(id, transition);
    return ResponseEntity.ok()
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            "attachment; filename=\"%s-%s.zip\"".formatted(id, transition))
        .body(bundle);
  }
}
