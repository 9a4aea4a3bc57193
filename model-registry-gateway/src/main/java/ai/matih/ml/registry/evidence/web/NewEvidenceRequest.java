package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Evidence.Format;
import ai.matih.ml.registry.evidence.RecordEvidence;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A report to add.
 *
 * @param kind what the tests are about; kinds of the platform's own cannot be uploaded
 * @param format {@code junit}: the report is the XML as a string; {@code json}: it is an object
 *     with a list of tests
 */
record NewEvidenceRequest(
    @NotNull
        @Pattern(
            regexp = "(?!platform_)[a-z][a-z0-9_]{0,39}",
            message =
                "must be 1 to 40 lower-case letters, digits and _, not beginning with platform_")
        String kind,
    @NotNull Format format,
    @NotNull JsonNode report,
    @Size(max = 1000) @Nullable String note) {

  RecordEvidence.Upload toUpload() {
    String content = report.isString() ? report.stringValue() : Json.write(report);
    return new RecordEvidence.Upload(kind, format, content, Optional.ofNullable(note));
  }
}
