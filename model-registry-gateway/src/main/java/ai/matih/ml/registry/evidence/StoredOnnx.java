package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.OnnxInspection;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.model.ModelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The ONNX file of a version, looked at before any engine is given it. */
final class StoredOnnx {

  private static final String STRUCTURE = "onnx_structure";

  private final BundleStore bundles;
  private final EvidenceSettings settings;

  StoredOnnx(BundleStore bundles, EvidenceSettings settings) {
    this.bundles = bundles;
    this.settings = settings;
  }

  /** Where the version's files lie. */
  String uri(ModelVersion version) {
    return bundles.uri(version.bundle().digest());
  }

  Check structure(ModelVersion version) {
    if (!version.bundle().has(BundleReader.MODEL)) {
      return Check.passed(
          STRUCTURE,
          "The version has no %s: it is served by its native form.".formatted(BundleReader.MODEL),
          Map.of());
    }
    try (InputStream content =
        bundles
            .open(version.bundle().digest(), BundleReader.MODEL)
            .orElseThrow(
                () -> new EngineFailure.Misbehaved("s3", 404, "the bundle's files are gone"))) {
      OnnxInspection.Found found = OnnxInspection.inspect(content, settings.maxOnnxBytes());
      return Check.passed(
          STRUCTURE,
          "Self-contained, within limits, standard operators only.",
          Map.of("nodes", found.nodes(), "tensors", found.tensors(), "domains", found.domains()));
    } catch (BundleRefused refused) {
      return Check.failed(STRUCTURE, refused.reason());
    } catch (IOException e) {
      throw new EngineFailure.Unavailable("s3", e);
    }
  }
}
