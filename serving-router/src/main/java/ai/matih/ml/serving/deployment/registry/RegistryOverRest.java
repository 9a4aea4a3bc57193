package ai.matih.ml.serving.deployment.registry;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.RegisteredVersion;
import ai.matih.ml.serving.deployment.Registry;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.ArtifactAddress;
import ai.matih.ml.serving.engine.OnnxStatus;
import ai.matih.ml.serving.engine.VersionForms;
import ai.matih.ml.serving.traffic.Stages;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the model registry gateway. What it says about an artifact is checked before anything
 * believes it.
 */
public final class RegistryOverRest implements Registry, Stages {

  private static final String ENGINE = "registry";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RestClient client;
  private final String bucket;

  public RegistryOverRest(RestClient client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /** The registry's answer, as far as it is read. */
  private record VersionAnswer(
      @Nullable String stage,
      @Nullable String onnx,
      @Nullable ArtifactAnswer artifact,
      @Nullable Map<String, Object> signature) {}

  private record ArtifactAnswer(
      @Nullable String uri, @Nullable String digest, @Nullable Map<String, String> files) {}

  /** The registry counts no further, and takes a larger number for no number. */
  private static final long MOST_VERSIONS = Integer.MAX_VALUE;

  private record EvidenceAnswer(@Nullable List<EvidenceItem> items) {}

  private record EvidenceItem(
      @Nullable String source, @Nullable Instant recordedAt, @Nullable List<CheckAnswer> checks) {}

  private record CheckAnswer(
      @Nullable String name, @Nullable String outcome, @Nullable String detail) {}

  @Override
  public Optional<RegisteredVersion> version(ModelId model, long version) {
    if (version > MOST_VERSIONS) {
      return Optional.empty();
    }
    VersionAnswer answer;
    try {
      answer =
          client
              .get()
              .uri("/api/v1/ml/models/{id}/versions/{version}", model.value(), version)
              .retrieve()
              .body(VersionAnswer.class);
    } catch (EngineFailure.Refused refused) {
      // 410 is a version that was deleted.
      if (refused.status() == 404 || refused.status() == 410) {
        return Optional.empty();
      }
      throw refused;
    }
    return Optional.of(understood(model, version, answer));
  }

  @Override
  public Stage now(ModelId model, long version) {
    return version(model, version)
        .map(RegisteredVersion::stage)
        .orElseThrow(
            () ->
                new Problem(
                    ServingError.VERSION_NOT_FOUND,
                    "The registry knows no version %d of %s.".formatted(version, model)));
  }

  private RegisteredVersion understood(
      ModelId model, long version, @Nullable VersionAnswer answer) {
    if (answer == null
        || answer.stage() == null
        || answer.artifact() == null
        || answer.artifact().uri() == null
        || answer.artifact().digest() == null
        || answer.artifact().files() == null) {
      throw strange("without stage or artifact");
    }
    try {
      Artifact artifact =
          new Artifact(
              answer.artifact().uri(),
              new Digest(answer.artifact().digest()),
              answer.artifact().files());
      ArtifactAddress.requireOwn(artifact, TenantScope.require(), bucket);
      return new RegisteredVersion(
          model,
          version,
          Stage.ofWire(answer.stage()).orElseThrow(() -> strange("with an unknown stage")),
          artifact,
          forms(model, version, onnxStatus(answer.onnx())),
          signature(answer.signature()));
    } catch (IllegalArgumentException | BundleRefused e) {
      throw strange("with an artifact that cannot be: " + e.getMessage());
    }
  }

  /** The registry keeps the document as the training code wrote it. */
  private static Optional<Signature> signature(@Nullable Map<String, Object> document) {
    if (document == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BundleReader((_, _) -> JSON.writeValueAsBytes(document)).signature());
    } catch (BundleRefused unreadable) {
      return Optional.empty();
    }
  }

  private VersionForms forms(ModelId model, long version, OnnxStatus onnx) {
    return new VersionForms(
        version, onnx, onnx == OnnxStatus.MISMATCH ? difference(model, version) : Optional.empty());
  }

  /**
   * What the newest comparison with the trained model found, by a check of its own where another
   * engine passed the checks; whoever cannot say how much it differs still says that.
   */
  private Optional<String> difference(ModelId model, long version) {
    try {
      EvidenceAnswer answer =
          client
              .get()
              .uri(
                  "/api/v1/ml/models/{id}/versions/{version}/evidence?page_size=500",
                  model.value(),
                  version)
              .retrieve()
              .body(EvidenceAnswer.class);
      return Stream.ofNullable(answer == null ? null : answer.items())
          .flatMap(List::stream)
          .filter(item -> "platform".equals(item.source()) && item.recordedAt() != null)
          .sorted(
              Comparator.comparing((EvidenceItem item) -> Objects.requireNonNull(item.recordedAt()))
                  .reversed())
          .flatMap(item -> Stream.ofNullable(item.checks()).flatMap(List::stream))
          .filter(
              check ->
                  "onnx_form".equals(check.name())
                      || ("golden_rows".equals(check.name()) && "failed".equals(check.outcome())))
          .flatMap(check -> Stream.ofNullable(check.detail()))
          .findFirst();
    } catch (EngineFailure away) {
      return Optional.empty();
    }
  }

  /** A status that this router does not know proves nothing. */
  private static OnnxStatus onnxStatus(@Nullable String name) {
    return Arrays.stream(OnnxStatus.values())
        .filter(status -> status.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(OnnxStatus.UNVERIFIED);
  }

  private static EngineFailure strange(String how) {
    return new EngineFailure.Misbehaved(ENGINE, 200, "a version " + how);
  }
}
