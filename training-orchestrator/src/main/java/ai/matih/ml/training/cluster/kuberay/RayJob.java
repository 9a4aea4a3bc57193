package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.training.cluster.SubmissionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is read of a RayJob. */
record RayJob(@Nullable Metadata metadata, @Nullable Spec spec, @Nullable Status status) {

  /** What we put before our labels. */
  static final String LABEL = "ml.matih.ai/";

  static final String SUBMISSION = LABEL + "submission";

  /** Put there by the last step of a submission. Before it, the object is only a draft. */
  static final String COMPLETE = LABEL + "handed-over";

  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String US = "matih-ml";

  /** Ours, drafts among them. */
  static final String ALL_OURS = MANAGED_BY + "=" + US + "," + SUBMISSION;

  // A name must begin with a letter.
  private static final String NAME_PREFIX = "j-";

  record Metadata(
      @Nullable String name,
      @Nullable String namespace,
      @Nullable String uid,
      @Nullable String resourceVersion,
      @Nullable String creationTimestamp,
      @Nullable Map<String, String> labels) {}

  record Spec(@Nullable Boolean suspend) {}

  record Status(
      @Nullable String jobStatus,
      @Nullable String jobDeploymentStatus,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String startTime,
      @Nullable String endTime,
      @Nullable Times rayJobInfo) {}

  record Times(@Nullable String startTime, @Nullable String endTime) {}

  record Page(@Nullable List<RayJob> items, @Nullable PageMetadata metadata) {}

  /** {@code continue} is a word of Java, so the field is read by another name. */
  record PageMetadata(
      @com.google.gson.annotations.SerializedName("continue") @Nullable String next) {}

  static String name(SubmissionId id) {
    return NAME_PREFIX + id.value();
  }

  /** Empty for RayJobs of others. */
  Optional<SubmissionId> id() {
    return Optional.ofNullable(name())
        .filter(name -> name.startsWith(NAME_PREFIX))
        .flatMap(name -> SubmissionId.parse(name.substring(NAME_PREFIX.length())));
  }

  private @Nullable String name() {
    return metadata == null ? null : metadata.name();
  }

  String namespace() {
    return metadata == null ? "" : Objects.requireNonNullElse(metadata.namespace(), "");
  }

  String uid() {
    return metadata == null ? "" : Objects.requireNonNullElse(metadata.uid(), "");
  }

  @Nullable String version() {
    return metadata == null ? null : metadata.resourceVersion();
  }

  private Map<String, String> allLabels() {
    return metadata == null || metadata.labels() == null ? Map.of() : metadata.labels();
  }

  /** The submission's labels. */
  Map<String, String> labels() {
    return allLabels().entrySet().stream()
        .filter(label -> label.getKey().startsWith(LABEL))
        .filter(label -> !label.getKey().equals(SUBMISSION) && !label.getKey().equals(COMPLETE))
        .collect(
            Collectors.toMap(
                label -> label.getKey().substring(LABEL.length()), Map.Entry::getValue));
  }

  boolean isHandedOver() {
    return allLabels().containsKey(COMPLETE);
  }

  /** Neither the operator nor a queue has let it begin, and while this version holds none will. */
  boolean hasNotBegun() {
    return spec != null
        && Boolean.TRUE.equals(spec.suspend())
        && (status == null || status.startTime() == null);
  }

  Optional<Instant> startedAt() {
    return status == null || status.rayJobInfo() == null
        ? Optional.empty()
        : instant(status.rayJobInfo().startTime());
  }

  /** When it ended, as far as anybody wrote it down. */
  Optional<Instant> endedAt() {
    if (status == null) {
      return Optional.empty();
    }
    Optional<Instant> code =
        status.rayJobInfo() == null ? Optional.empty() : instant(status.rayJobInfo().endTime());
    return code.or(() -> instant(status.endTime()));
  }

  Optional<Instant> createdAt() {
    return metadata == null ? Optional.empty() : instant(metadata.creationTimestamp());
  }

  private static Optional<Instant> instant(@Nullable String text) {
    return Optional.ofNullable(text).map(Instant::parse);
  }
}
