package ai.matih.ml.serving.abtest.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.abtest.OutcomeListener;
import ai.matih.ml.serving.abtest.OutcomeReceipt;
import ai.matih.ml.serving.abtest.OutcomeReceipt.Result;
import ai.matih.ml.serving.abtest.OutcomeReport;
import ai.matih.ml.serving.abtest.OutcomeReport.Subject;
import ai.matih.ml.serving.abtest.RecordOutcomes;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What became of those whom predictions were about. */
@RestController
class OutcomeController {

  private static final int MAX_ID = 256;

  /** Squares of it are numbers still. */
  private static final double LARGEST = 1e100;

  private final RecordOutcomes outcomes;
  private final List<OutcomeListener> listeners;

  OutcomeController(RecordOutcomes outcomes, List<OutcomeListener> listeners) {
    this.outcomes = outcomes;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Outcomes of one model's units.
   *
   * @param metric which outcome it is; may be left out where the running test's is meant
   */
  record OutcomesRequest(
      @NotNull(message = "is required") String modelId,
      @Nullable @Size(max = 63) String metric,
      @NotNull(message = "is required")
          @Size(min = 1, max = 5000, message = "must list 1 to 5000 outcomes")
          List<@NotNull(message = "must be an object") @Valid OutcomeRequest> outcomes) {}

  /**
   * One outcome, by the unit or by a request about it.
   *
   * @param value 1 for yes, 0 for no; any number where the test compares means or ratios
   * @param denominator what the number is out of, where the test compares ratios
   * @param observedAt when it happened; when left out, it happened after the prediction
   */
  record OutcomeRequest(
      @Nullable String unitId,
      @Nullable String requestId,
      @NotNull(message = "is required") Double value,
      @Nullable Double denominator,
      @Nullable Instant observedAt) {}

  /**
   * What became of them.
   *
   * @param counted told for the first time, of units that a running test exposed
   * @param repeated told before, the same
   * @param contradicting told before, otherwise; the first report stands
   * @param unmatched belong to no unit of a running test, or not yet
   * @param inRollout count for the roll-out of the model, which takes what its tests do not
   * @param notCounted each one that was not counted, by its place in the request
   */
  record OutcomesAnswer(
      int received,
      long counted,
      long repeated,
      long contradicting,
      long unmatched,
      long inRollout,
      List<NotCounted> notCounted) {}

  /**
   * One that was not counted.
   *
   * @param why {@code repeated}, {@code contradicting}, {@code no_test}, {@code too_old}, or {@code
   *     not_exposed}: kept while it is among the latest of these, and counted by itself when a
   *     router reports the exposure
   */
  record NotCounted(int index, String why) {}

  @PostMapping("/api/v1/ml/predict/outcomes")
  @Allow(Permission.OUTCOMES_WRITE)
  @Idempotent
  ResponseEntity<OutcomesAnswer> record(@Valid @RequestBody OutcomesRequest request) {
    if (!ModelId.isWellFormed(request.modelId())) {
      throw Problem.invalid("model_id", "must be a model's id");
    }
    List<OutcomeReport> reports = new ArrayList<>();
    for (int i = 0; i < request.outcomes().size(); i++) {
      reports.add(report(request.outcomes().get(i), "outcomes[" + i + "]."));
    }
    ModelId model = new ModelId(request.modelId());
    Optional<String> metric = Optional.ofNullable(request.metric());
    OutcomeReceipt receipt = outcomes.record(model, metric, reports);
    long elsewhere =
        listeners.stream().mapToLong(listener -> listener.told(model, metric, reports)).sum();
    return ResponseEntity.ok(answer(receipt, elsewhere));
  }

  private static OutcomeReport report(OutcomeRequest outcome, String at) {
    boolean byUnit = outcome.unitId() != null;
    if (byUnit == (outcome.requestId() != null)) {
      throw Problem.invalid(at + "unit_id", "give either unit_id or request_id");
    }
    String name = Objects.requireNonNull(byUnit ? outcome.unitId() : outcome.requestId());
    if (name.isEmpty() || name.length() > MAX_ID) {
      throw Problem.invalid(
          at + (byUnit ? "unit_id" : "request_id"),
          "must be a text of 1 to " + MAX_ID + " characters");
    }
    if (!Double.isFinite(outcome.value()) || Math.abs(outcome.value()) > LARGEST) {
      throw Problem.invalid(at + "value", "must be a number of at most 1e100");
    }
    Double denominator = outcome.denominator();
    if (denominator != null && !(denominator > 0 && denominator <= LARGEST)) {
      throw Problem.invalid(at + "denominator", "must be a number above 0 and of at most 1e100");
    }
    return new OutcomeReport(
        byUnit ? Subject.UNIT : Subject.REQUEST,
        name,
        outcome.value(),
        Optional.ofNullable(denominator),
        Optional.ofNullable(outcome.observedAt()));
  }

  private static OutcomesAnswer answer(OutcomeReceipt receipt, long inRollout) {
    List<NotCounted> rest = new ArrayList<>();
    for (int i = 0; i < receipt.results().size(); i++) {
      Result result = receipt.results().get(i);
      if (result != Result.COUNTED) {
        rest.add(new NotCounted(i, result.name().toLowerCase(Locale.ROOT)));
      }
    }
    return new OutcomesAnswer(
        receipt.results().size(),
        receipt.count(Result.COUNTED),
        receipt.count(Result.REPEATED),
        receipt.count(Result.CONTRADICTING),
        receipt.count(Result.NO_TEST)
            + receipt.count(Result.TOO_OLD)
            + receipt.count(Result.NOT_EXPOSED),
        inRollout,
        rest);
  }
}
