package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One report about a version, as it was when it was recorded.
 *
 * @param kind for example {@code unit_tests}; kinds of the platform begin with {@code platform_}
 * @param artifact the files that the report is about
 * @param report digest of the report's content
 * @param reportBytes size of the report, where the platform keeps it: not for its own checks, which
 *     are all there is, and not for what earlier releases recorded
 */
public record Evidence(
    UUID id,
    ModelId model,
    VersionNumber version,
    String kind,
    Source source,
    Format format,
    Outcome outcome,
    TestCounts counts,
    List<Check> checks,
    Digest artifact,
    Digest report,
    Optional<Long> reportBytes,
    Optional<String> note,
    String recordedBy,
    Instant recordedAt) {

  /** The platform's own checks in the serving engine. */
  public static final String PLATFORM_CHECKS = "platform_checks";

  /** The platform's own measurement on the policy's evaluation data. */
  public static final String PLATFORM_EVALUATION = "platform_evaluation";

  /** Golden rows played through the router against the deployed version. */
  public static final String PLATFORM_INTEGRATION = "platform_integration";

  /** Who made the report. */
  public enum Source {
    PLATFORM,
    UPLOADED,
    /** Somebody's own tests that the platform ran: their author decides what comes out. */
    PACKAGE
  }

  /** What the report was written in. */
  public enum Format {
    CHECKS("json"),
    JUNIT("xml"),
    JSON("json");

    private final String extension;

    Format(String extension) {
      this.extension = extension;
    }

    /** How the name of a file with such a report ends; the media type is called so, too. */
    public String extension() {
      return extension;
    }
  }

  /** A text as it is digested and kept. */
  static byte[] bytes(String report) {
    return report.getBytes(StandardCharsets.UTF_8);
  }

  public Evidence {
    checks = List.copyOf(checks);
  }

  /** What the platform itself found out about a version. */
  public static Evidence ofPlatform(
      UUID id, ModelVersion version, String kind, List<Check> checks, Instant at) {
    TestCounts counts = TestCounts.of(checks);
    return new Evidence(
        id,
        version.model(),
        version.number(),
        kind,
        Source.PLATFORM,
        Format.CHECKS,
        Outcome.ofAll(checks.stream().map(Check::outcome).toList()),
        counts,
        checks,
        version.bundle().digest(),
        Digest.of(Json.write(checks)),
        Optional.empty(),
        Optional.empty(),
        "platform",
        at);
  }

  public boolean hasPassed() {
    return outcome == Outcome.PASSED;
  }

  /** Whether it speaks of these files and no others. */
  public boolean isAbout(ModelVersion other) {
    return artifact.equals(other.bundle().digest());
  }
}
