package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The platform's own checks of a version: the structure of its ONNX file first, since a hostile one
 * must not reach an engine, then a trial in the serving engine.
 */
public final class ValidateVersion {

  /** The check that compares an engine with the trained model. */
  public static final String GOLDEN_ROWS = "golden_rows";

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
    List<Check> checks = new ArrayList<>();
    checks.add(onnx.structure(version));
    checks.addAll(
        checks.getFirst().hasPassed()
            ? trial(version)
            : notTried("Not run: the serving engine was not given the file."));
    transactions.runLocked(
        version.model(),
        () -> {
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
    transactions.runLocked(
        version.model(),
        () ->
            examinations
                .openChecks(version.model(), version.number())
                .forEach(open -> examinations.save(open.waiting(why))));
  }

  private List<Check> trial(ModelVersion version) {
    List<Check> checks;
    try {
      Policy policy = transactions.call(() -> find.policy(version.model())).policy();
      checks = new ArrayList<>(router.trial(version, onnx.uri(version), policy.latencyBudget()));
    } catch (EngineFailure.Refused refused) {
      return notTried(
          "Not run: the serving engine refused the checks (status %d). Ask again with POST .../validate."
              .formatted(refused.status()));
    }
    Set<String> made = checks.stream().map(Check::name).collect(Collectors.toSet());
    TRIAL_CHECKS.stream()
        .filter(name -> !made.contains(name))
        .forEach(
            name -> checks.add(Check.notRun(name, "Not run: the serving engine did not say.")));
    return checks;
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
