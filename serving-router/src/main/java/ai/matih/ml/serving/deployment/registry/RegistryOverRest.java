package ai.matih.ml.serving.deployment.registry;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Digest;
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
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;

/**
 * Asks the model registry gateway. What it says about an artifact is checked before anything
 * believes it.
 */
public final class RegistryOverRest implements Registry, Stages {

  private static final String ENGINE = "registry";

  private final RestClient client;
  private final String bucket;

  public RegistryOverRest(RestClient client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /** The registry's answer, as far as it is read. */
  private record VersionAnswer(
      @Nullable String stage, @Nullable String onnx, @Nullable ArtifactAnswer artifact) {}

  private record ArtifactAnswer(
      @Nullable String uri, @Nullable String digest, @Nullable Map<String, String> files) {}

  @Override
  public Optional<RegisteredVersion> version(ModelId model, long version) {
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
          new VersionForms(version, standing(answer.onnx())));
    } catch (IllegalArgumentException | BundleRefused e) {
      throw strange("with an artifact that cannot be: " + e.getMessage());
    }
  }

  /** A standing that this router does not know proves nothing. */
  private static OnnxStatus standing(@Nullable String name) {
    return Arrays.stream(OnnxStatus.values())
        .filter(standing -> standing.name().equalsIgnoreCase(name))
        .findFirst()
        .orElse(OnnxStatus.UNVERIFIED);
  }

  private static EngineFailure strange(String how) {
    return new EngineFailure.Misbehaved(ENGINE, 200, "a version " + how);
  }
}
