package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.RegisterVersion;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A version to register; the platform finds the files by the run. */
record NewVersionRequest(
    @NotNull RunId runId,
    @Pattern(regexp = "[A-Za-z0-9_-]{1,64}", message = "must be a job's id") @Nullable String jobId,
    @Pattern(
            regexp =
                "\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,50})?(\\+[0-9A-Za-z.-]{1,50})?",
            message = "must look like 1.4.0")
        @Nullable String semanticVersion,
    @Size(max = 2000) @Nullable String description) {

  RegisterVersion.Request toRequest() {
    return new RegisterVersion.Request(
        runId,
        Optional.ofNullable(jobId),
        Optional.ofNullable(semanticVersion),
        Optional.ofNullable(description));
  }
}
