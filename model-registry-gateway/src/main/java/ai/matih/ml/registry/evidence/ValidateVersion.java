package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.OnnxInspection;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Versions;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The platform's own checks of a version: the structure of its ONNX file first, since a hostile one
 * must not reach an engine, then a trial in the serving engine.
 */
public final class ValidateVersion {

  private static final String STRUCTURE = "onnx_structure";

  /** What a trial has to look at; a trial that left one out has not passed it. */
  static final Set<String> TRIAL_CHECKS =
      Set.of(
          "loads",
          "digest",
          "signature",
          "golden_rows",
          "determinism",
          "missing_values",
          "boundary_values",
          "latency");

  private final BundleStore bundles;
  private final ServingRouter router;
  private final RecordEvidence record;
  private final Versions versions;
  private final Models models;
  private final Examinations examinations;
  private final Transactions transactions;
  private final EvidenceSettings settings;

  ValidateVersion(
      BundleStore bundles,
      ServingRouter router,
      RecordEvidence record,
      Versions versions,
      Models models,
      Examinations examinations,
      Transactions transactions,
      EvidenceSettings settings) {
    this.bundles = bundles;
    this.router = router;
    this.record = record;
    this.versions = versions;
    this.models = models;
    this.examinations = examinations;
    this.transactions = transactions;
    this.settings = settings;
  }

  /**
   * Makes the checks and records them. An {@link EngineFailure} that is no refusal passes on: the
   * checks stay to be made.
   */
  public void validate(ModelVersion version) {
    List<Check> checks = new ArrayList<>();
    checks.add(structure(version));
    if (checks.getFirst().hasPassed()) {
      checks.addAll(trial(version));
    }
    transactions.run(
        () -> {
          models.lock(version.model());
          Evidence found = record.found(version, Evidence.PLATFORM_CHECKS, checks);
          examinations.openChecks(version.model(), version.number()).stream()
              .filter(asked -> !asked.requestedAt().isAfter(version.validationRequestedAt()))
              .forEach(answered -> examinations.save(answered.done(found, found.recordedAt())));
          versions.finishValidation(
              version.model(),
              version.number(),
              onnxStatus(checks),
              version.validationRequestedAt());
        });
  }

  /** Tells those who wait for the checks why they have to. */
  void waits(ModelVersion version, String why) {
    transactions.run(
        () -> {
          models.lock(version.model());
          examinations
              .openChecks(version.model(), version.number())
              .forEach(open -> examinations.save(open.waiting(why)));
        });
  }

  private Check structure(ModelVersion version) {
    if (!version.bundle().has(BundleReader.MODEL)) {
      return Check.failed(
          STRUCTURE,
          "The model has no %s, so no engine can serve it.".formatted(BundleReader.MODEL));
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

  private List<Check> trial(ModelVersion version) {
    List<Check> checks;
    try {
      Policy policy = transactions.call(() -> models.policy(version.model())).policy();
      checks =
          new ArrayList<>(
              router.trial(
                  version, bundles.uri(version.bundle().digest()), policy.latencyBudget()));
    } catch (EngineFailure.Refused refused) {
      return List.of(
          Check.failed(
              "loads",
              "The serving engine refused the trial (status %d).".formatted(refused.status())));
    }
    Set<String> missing = new TreeSet<>(TRIAL_CHECKS);
    missing.removeAll(checks.stream().map(Check::name).collect(Collectors.toSet()));
    missing.forEach(name -> checks.add(Check.failed(name, "The trial did not look at it.")));
    return checks;
  }

  /** An ONNX form counts as verified only when it gave the native model's answers. */
  private static OnnxStatus onnxStatus(List<Check> checks) {
    return checks.stream()
        .filter(check -> check.name().equals("golden_rows"))
        .findFirst()
        .map(
            golden ->
                golden.hasPassed()
                    ? OnnxStatus.VERIFIED
                    : checks.stream().anyMatch(c -> c.name().equals("loads") && c.hasPassed())
                        ? OnnxStatus.MISMATCH
                        : OnnxStatus.UNVERIFIED)
        .orElse(OnnxStatus.UNVERIFIED);
  }
}
