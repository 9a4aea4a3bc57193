package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.promotion.mlflow.Mirrors.State;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** How the mirror of a model in MLflow stands. */
@RestController
class MirrorController {

  private final Mirrors mirrors;
  private final FindModel find;
  private final Transactions transactions;

  MirrorController(Mirrors mirrors, FindModel find, Transactions transactions) {
    this.mirrors = mirrors;
    this.find = find;
    this.transactions = transactions;
  }

  /**
   * @param inSync whether the last comparison left MLflow as it should be and nothing changed here
   *     since
   * @param waitsBecause why the next comparison is a repeated one
   * @param mirroredVersions how many versions MLflow was given
   * @param unmanaged versions in MLflow that were not registered here; they are left alone
   * @param lastDrift what was last found changed behind our back
   */
  record MirrorAnswer(
      ModelId modelId,
      boolean inSync,
      Optional<Instant> lookedAt,
      Optional<Instant> nextLookAt,
      Optional<String> waitsBecause,
      int mirroredVersions,
      List<FindingAnswer> unmanaged,
      Optional<DriftAnswer> lastDrift) {}

  record DriftAnswer(Instant foundAt, List<FindingAnswer> found) {}

  /**
   * @param repaired false for what is only reported
   */
  record FindingAnswer(Drift kind, String subject, String detail, boolean repaired) {
    static FindingAnswer of(Finding finding) {
      return new FindingAnswer(
          finding.kind(), finding.subject(), finding.detail(), finding.repaired());
    }
  }

  @GetMapping("/api/v1/ml/models/{id}/mirror")
  @Allow(Permission.MODELS_READ)
  MirrorAnswer mirror(@PathVariable ModelId id) {
    return transactions.call(
        () -> {
          ModelId model = find.model(id).id();
          return mirrors
              .find(model)
              .map(MirrorController::answer)
              .orElseGet(
                  () ->
                      new MirrorAnswer(
                          model,
                          false,
                          Optional.empty(),
                          Optional.empty(),
                          Optional.of("It is mirrored once it has a version."),
                          0,
                          List.of(),
                          Optional.empty()));
        });
  }

  private static MirrorAnswer answer(State state) {
    return new MirrorAnswer(
        state.model(),
        state.compared().isPresent() && state.asked().isEmpty() && state.failures() == 0,
        state.compared(),
        Optional.of(state.nextComparison()),
        state.lastError(),
        state.written().versions().size(),
        state.unmanaged().stream().map(FindingAnswer::of).toList(),
        state
            .drifted()
            .map(
                at -> new DriftAnswer(at, state.drift().stream().map(FindingAnswer::of).toList())));
  }
}
