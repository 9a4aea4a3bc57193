package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.ServingRouter.Engine;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The platform's own checks of a version: the structure of its ONNX file first, since a hostile one
 * must not reach an engine, then a trial in the serving engine.
 */
public final class ValidateVersion {

  /** The check that compares an engine with the trained model. */
  public static final String GOLDEN_ROWS = "golden_rows";

  /** Says of a version that another engine serves how its ONNX form differs. */
  public static final String ONNX_FORM = "onnx_form";

  /** What MLflow knows of the native form; without it nobody loads that. */
  private static final String MLMODEL = "MLmodel";

  /** What a trial has to look at; of what it left out, nothing is known. */
  static final List<String> TRIAL_CHECKS =
      List.of(
          "digest",
          "signature",
          "loads",
          GOLDEN_ROWS,
          "determinism",
          "missing_values",
          "boundary_values",
          "latency");

  private final StoredOnnx onnx;
  private final ServingRouter router;
  private final RecordEvidence record;
  private final Versions versions;
  private final FindModel find;
  private final Examinations examinations;
  private final ModelTransactions transactions;

  ValidateVersion(
      StoredOnnx onnx,
      ServingRouter router,
      RecordEvidence record,
      Versions versions,
      FindModel find,
      Examinations examinations,
      ModelTransactions transactions) {
    this.onnx = onnx;
    this.router = router;
    this.record = record;
    this.versions = versions;
    this.find = find;
    this.examinations = examinations;
    this.transactions = transactions;
  }

  /**
   * Makes the checks and records them. An {@link EngineFailure} that is no refusal passes on: the
   * checks stay to be made.
   */
  public void validate(ModelVersion version) {
    Found found = found(version);
    transactions.runLocked(
        version.model(),
        () -> {
          Evidence made = record.found(version, Evidence.PLATFORM_CHECKS, found.checks());
          examinations.openChecks(version.model(), version.number()).stream()
              .filter(asked -> !asked.requestedAt().isAfter(version.validationRequestedAt()))
              .forEach(answered -> examinations.save(answered.done(made, made.recordedAt())));
          versions.finishValidation(
              version.model(), version.number(), found.onnx(), version.validationRequestedAt());
        });
  }

  /** Tells those who wait for the checks why they have to. */
  void waits(ModelVersion version, String why) {
    transactions.runLocked(
        version.model(),
        () ->
            examinations
                .openChecks(version.model(), version.number())
                .forEach(open -> examinations.save(open.waiting(why))));
  }

  /**
   * What came of all checks.
   *
   * @param onnx what is known of the ONNX form now
   */
  private record Found(List<Check> checks, OnnxStatus onnx) {}

  /**
   * The ONNX form is tried first. Where it answers differently, or where there is none, the native
   * form has to pass on the engine that runs it.
   */
  private Found found(ModelVersion version) {
    Check structure = onnx.structure(version);
    if (!version.bundle().has(BundleReader.MODEL)) {
      return new Found(
          with(structure, trial(version, Engine.RAY_SERVE).checks()), OnnxStatus.ABSENT);
    }
    if (!structure.hasPassed()) {
      return new Found(
          with(structure, notTried("Not run: the serving engine was not given the file.")),
          OnnxStatus.UNVERIFIED);
    }
    Trial trial = trial(version, Engine.ONNX);
    OnnxStatus status = onnxStatus(trial.checks());
    if (status == OnnxStatus.MISMATCH && version.bundle().has(MLMODEL)) {
      Trial other = trial(version, Engine.RAY_SERVE);
      if (other.made()) {
        List<Check> checks = new ArrayList<>(with(structure, other.checks()));
        checks.add(differing(trial.checks()));
        return new Found(checks, status);
      }
    }
    return new Found(with(structure, trial.checks()), status);
  }

  /** Not a fault of the version, which another engine serves. */
  private static Check differing(List<Check> onnx) {
    Check golden =
        onnx.stream().filter(check -> check.name().equals(GOLDEN_ROWS)).findFirst().orElseThrow();
    return Check.passed(
        ONNX_FORM,
        "For your information: the engine onnx may not serve the version. " + golden.detail(),
        golden.measured() == null ? Map.of() : golden.measured());
  }

  private static List<Check> with(Check first, List<Check> others) {
    List<Check> all = new ArrayList<>();
    all.add(first);
    all.addAll(others);
    return all;
  }

  /**
   * What came of a trial.
   *
   * @param made false when the router refused it
   */
  private record Trial(List<Check> checks, boolean made) {}

  private Trial trial(ModelVersion version, Engine engine) {
    List<Check> checks;
    try {
      Policy policy = transactions.call(() -> find.policy(version.model())).policy();
      checks =
          new ArrayList<>(router.trial(version, engine, onnx.uri(version), policy.latencyBudget()));
    } catch (EngineFailure.Refused refused) {
      return new Trial(
          notTried(
              "Not run: the router refused the checks on %s (status %d). Ask again with POST .../validate."
                  .formatted(engine.wire(), refused.status())),
          false);
    }
    Set<String> made = checks.stream().map(Check::name).collect(Collectors.toSet());
    TRIAL_CHECKS.stream()
        .filter(name -> !made.contains(name))
        .forEach(
            name -> checks.add(Check.notRun(name, "Not run: the serving engine did not say.")));
    return new Trial(checks, true);
  }

  private static List<Check> notTried(String why) {
    return TRIAL_CHECKS.stream().map(name -> Check.notRun(name, why)).toList();
  }

  /**
   * An ONNX form counts as verified when it gave the native model's answers, and as a mismatch when
   * it gave others. What was not compared to the end is neither.
   */
  private static OnnxStatus onnxStatus(List<Check> checks) {
    return checks.stream()
        .filter(check -> check.name().equals(GOLDEN_ROWS))
        .findFirst()
        .map(
            golden ->
                golden.hasPassed()
                    ? OnnxStatus.VERIFIED
                    : differs(golden) ? OnnxStatus.MISMATCH : OnnxStatus.UNVERIFIED)
        .orElse(OnnxStatus.UNVERIFIED);
  }

  private static boolean differs(Check golden) {
    return golden.outcome() == Outcome.FAILED
        && golden.measured() != null
        && golden.measured().get("differing") instanceof Number differing
        && differing.intValue() > 0;
  }
}
