package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Evidence.Format;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.RecordEvidence;
import com.fasterxml.jackson.annotation.JsonProperty;
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
 * @param packageDigest an uploaded package of tests to run on Ray, instead of a report
 */
record NewEvidenceRequest(
    @NotNull
        @Pattern(
            regexp = "(?!platform_)[a-z][a-z0-9_]{0,39}",
            message =
                "must be 1 to 40 lower-case letters, digits and _, not beginning with platform_")
        String kind,
    @Nullable Format format,
    @Nullable JsonNode report,
    @JsonProperty("package") @Nullable String packageDigest,
    @Size(max = 1000) @Nullable String note) {

  /** The tests to run, where a package is named instead of a report. */
  Optional<Examination.Subject.Tests> tests() {
    if (packageDigest == null) {
      return Optional.empty();
    }
    if (!packageDigest.matches("sha256:[0-9a-f]{64}")) {
      throw Problem.invalid("package", "must be the digest of a package");
    }
    if (format != null || report != null) {
      throw Problem.invalid("package", "comes instead of format and report");
    }
    return Optional.of(
        new Examination.Subject.Tests(kind, packageDigest, Optional.ofNullable(note)));
  }

  RecordEvidence.Upload toUpload() {
    if (format == null) {
      throw Problem.invalid("format", "must not be null");
    }
    if (report == null || report.isNull()) {
      throw Problem.invalid("report", "must not be null");
    }
    String content = report.isString() ? report.stringValue() : Json.write(report);
    return new RecordEvidence.Upload(kind, format, content, Optional.ofNullable(note));
  }
}
