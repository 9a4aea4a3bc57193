package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.experiment.Artifact;
import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.web.Views.ArtifactView;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;

@RestController
@RequestMapping("/api/v1/ml/experiments/{id}/runs/{run_id}/artifacts")
@Tag(name = "artifacts", description = "Files of a run; streamed, of any kind.")
class ArtifactController {

  private static final String ROOT = "/artifacts/";

  private final ExperimentTracker tracker;
  private final FiledArtifacts files;
  private final Trail trail;

  ArtifactController(ExperimentTracker tracker, FiledArtifacts files, Trail trail) {
    this.tracker = tracker;
    this.files = files;
    this.trail = trail;
  }

  @GetMapping
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(
      summary = "List a directory of a run's files",
      description = "The top directory when no path is given.")
  Page<ArtifactView> list(
      @PathVariable("id") String id,
      @PathVariable("run_id") String runId,
      @RequestParam(name = "path", required = false) @Nullable String path,
      PageRequest page) {
    Optional<ArtifactPath> directory =
        Optional.ofNullable(path)
            .filter(p -> !p.isEmpty())
            .map(p -> Checks.artifactPath("path", p));
    Run run = Checks.run(tracker, id, runId);
    try {
      ExperimentTracker.Found<Artifact> found =
          tracker.artifacts(run.id(), directory, Checks.token(page.token()));
      return new Page<>(
          found.items().stream().map(ArtifactView::of).toList(),
          found.next().map(token -> PageToken.of(token).encoded()));
    } catch (ExperimentTracker.QueryRefused e) {
      throw Problem.invalid("path", "cannot be listed");
    }
  }

  @GetMapping("/{*path}")
  @Allow(Permission.EXPERIMENTS_READ)
  @Operation(
      summary = "Download a file of a run",
      responses =
          @ApiResponse(
              responseCode = "200",
              content =
                  @Content(
                      mediaType = "application/octet-stream",
                      schema = @Schema(type = "string", format = "binary"))))
  void download(
      @PathVariable("id") String id,
      @PathVariable("run_id") String runId,
      @PathVariable("path") String ignored,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    ArtifactPath file = file(request);
    files.download(Checks.run(tracker, id, runId), file, request, response);
  }

  @PutMapping("/{*path}")
  @Allow(Permission.EXPERIMENTS_WRITE)
  @Operation(
      summary = "Upload a file of a run",
      description =
          "The request's body is the file, whatever its content type. Replaces a file of the same"
              + " path.",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = "application/octet-stream",
                      schema = @Schema(type = "string", format = "binary"))),
      responses = @ApiResponse(responseCode = "204", description = "Stored"))
  void upload(
      @PathVariable("id") String id,
      @PathVariable("run_id") String runId,
      @PathVariable("path") String ignored,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    ArtifactPath file = file(request);
    Run run = Checks.run(tracker, id, runId);
    files.upload(run, file, request, response);
    trail.done("artifact.stored", "runs/" + run.id(), Map.of("path", file.text()));
  }

  /** From the request line, since a path variable loses what follows a semicolon. */
  private static ArtifactPath file(HttpServletRequest request) {
    String path = request.getRequestURI();
    return Checks.artifactPath(
        "path",
        UriUtils.decode(
            path.substring(path.indexOf(ROOT) + ROOT.length()), StandardCharsets.UTF_8));
  }
}
