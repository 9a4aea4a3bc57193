package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.artifact.LoggedModelId;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.AddVersion;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A version to register; the platform finds the files by the run or the logged model.
 *
 * @param examples a data set with rows to try a logged model with
 */
record NewVersionRequest(
    @Nullable RunId runId,
    @Nullable LoggedModelId loggedModelId,
    @Pattern(regexp = "(runs|models):/.{1,300}", message = "must look like runs:/… or models:/m-…")
        @Nullable String modelUri,
    @Pattern(
            regexp = "dataset:[^@]{1,200}(@sha256:[0-9a-f]{64})?",
            message = "must look like dataset:name or dataset:name@sha256:digest")
        @Nullable String examples,
    @Pattern(regexp = "[A-Za-z0-9_-]{1,64}", message = "must be a job's id") @Nullable String jobId,
    @Pattern(
            regexp =
                "\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,50})?(\\+[0-9A-Za-z.-]{1,50})?",
            message = "must look like 1.4.0")
        @Nullable String semanticVersion,
    @Size(max = 2000) @Nullable String description) {

  AddVersion.Request toRequest() {
    return new AddVersion.Request(
        Optional.ofNullable(runId),
        Optional.ofNullable(loggedModelId),
        Optional.ofNullable(modelUri),
        Optional.ofNullable(examples),
        Optional.ofNullable(jobId),
        Optional.ofNullable(semanticVersion),
        Optional.ofNullable(description));
  }
}
