package ai.matih.ml.training.packages.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.packages.UploadPackage;
import ai.matih.ml.training.packages.UserPackage;
import ai.matih.ml.training.packages.UserPackages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/ml/training/packages")
@Tag(name = "packages")
class PackageController {

  private static final String ZIP = "application/zip";

  private final UploadPackage upload;
  private final UserPackages packages;

  PackageController(UploadPackage upload, UserPackages packages) {
    this.upload = upload;
    this.packages = packages;
  }

  /** A package as callers see it. */
  record PackageView(
      String digest, long sizeBytes, int files, String createdBy, Instant createdAt) {

    static PackageView of(UserPackage stored) {
      return new PackageView(
          stored.digest(),
          stored.sizeBytes(),
          stored.files(),
          stored.createdBy(),
          stored.createdAt());
    }
  }

  /** The same bytes are the same package, which makes every repeat harmless. */
  @PostMapping
  @Allow(Permission.TRAINING_SUBMIT)
  @Idempotent(outside = true)
  @Operation(
      summary = "Upload a package of code as a zip; the same bytes are the same package",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content =
                  @Content(mediaType = ZIP, schema = @Schema(type = "string", format = "binary"))))
  @Answers({200, 201})
  ResponseEntity<PackageView> upload(HttpServletRequest request, Caller caller) throws IOException {
    String type = Optional.ofNullable(request.getContentType()).orElse("");
    if (!type.equalsIgnoreCase(ZIP)) {
      throw new Problem(CommonError.UNSUPPORTED_MEDIA_TYPE, "Send the package as " + ZIP + ".")
          .with("offered", List.of(ZIP));
    }
    UserPackages.Stored stored = upload.upload(caller, request.getInputStream());
    PackageView view = PackageView.of(stored.stored());
    URI location = URI.create("/api/v1/ml/training/packages/" + view.digest());
    return stored.created()
        ? ResponseEntity.created(location).body(view)
        : ResponseEntity.ok().location(location).body(view);
  }

  @GetMapping("/{digest}")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "A package by its digest")
  PackageView get(@PathVariable("digest") String digest) {
    return packages
        .find(digest)
        .map(PackageView::of)
        .orElseThrow(
            () ->
                new Problem(
                    TrainingError.PACKAGE_NOT_FOUND, "There is no package of this digest."));
  }
}
