package ai.matih.ml.serving.drift.web;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.drift.DriftAlert;
import ai.matih.ml.serving.drift.DriftWatches;
import ai.matih.ml.serving.drift.Reaction;
import ai.matih.ml.serving.drift.Severity;
import ai.matih.ml.serving.drift.WatchDocument;
import ai.matih.ml.serving.drift.WatchSettings;
import ai.matih.ml.serving.sketch.TimeWindow;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** When a model's drift is an alert, what is done about it, and the alerts there were. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/drift")
class DriftWatchController {

  private static final Pattern ETAG = Pattern.compile("\"?(\\d{1,18})\"?");
  private static final Duration LONGEST = Duration.ofDays(366);

  private final DriftWatches watches;

  DriftWatchController(DriftWatches watches) {
    this.watches = watches;
  }

  /**
   * What is wanted; what is left out has its default.
   *
   * @param window {@code 1h}, {@code 6h}, {@code 24h}, {@code 7d} or {@code 30d}
   * @param threshold from which severity on an input or answer counts
   * @param minFeatures how many have to count
   * @param cooldown ISO 8601; how long after a training job no other one is submitted for drift
   * @param reaction {@code log}, {@code webhook} or {@code retrain}
   * @param retrain needed for the reaction of that name
   */
  record DriftSettingsRequest(
      @Nullable String window,
      @Nullable String threshold,
      @Nullable @Min(1) @Max(500) Integer minFeatures,
      @Nullable String cooldown,
      @Nullable String reaction,
      @Nullable @Valid RetrainForm retrain) {}

  /**
   * The training that answers drift.
   *
   * @param job the body of {@code POST /training/submit}
   * @param budget so many jobs in a period at most; 1 when left out
   * @param period ISO 8601; P7D when left out
   */
  record RetrainForm(
      @NotNull(message = "is required") @NotEmpty(message = "must be the body of a training job")
          Map<String, Object> job,
      @Nullable @Min(1) @Max(100) Integer budget,
      @Nullable String period) {}

  /**
   * @param revision 0 while nobody changed the defaults
   */
  record DriftSettingsView(
      String modelId,
      long revision,
      String window,
      String threshold,
      int minFeatures,
      String cooldown,
      String reaction,
      @Nullable RetrainForm retrain,
      @Nullable String changedBy,
      @Nullable String changedAt) {}

  /**
   * Drift of one arm, from the look that found it to the one that did not any more.
   *
   * @param severity the worst so far
   * @param features inputs and answers that counted at the last look
   * @param closedBecause {@code recovered} or {@code no_data}
   * @param reactionOutcome {@code none}, {@code pending}, {@code done}, {@code failed} or {@code
   *     left_out}
   * @param jobId the training job that was submitted
   */
  record DriftAlertView(
      String id,
      String modelId,
      long version,
      String variant,
      String window,
      String severity,
      List<String> features,
      String cause,
      String status,
      String openedAt,
      String lastSeenAt,
      @Nullable String closedAt,
      @Nullable String closedBecause,
      String reaction,
      String reactionOutcome,
      @Nullable String reactionDetail,
      @Nullable String jobId) {}

  @GetMapping("/settings")
  @Allow(Permission.DEPLOYMENTS_READ)
  ResponseEntity<DriftSettingsView> settings(@PathVariable String id) {
    return answer(id, watches.document(DriftController.model(id)));
  }

  @PutMapping("/settings")
  @Allow(Permission.DEPLOYMENTS_WRITE)
  ResponseEntity<DriftSettingsView> change(
      @PathVariable String id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @Valid @RequestBody DriftSettingsRequest request,
      Caller caller) {
    long expected = revision(ifMatch);
    WatchSettings wanted = settings(request);
    if (wanted.reaction() == Reaction.RETRAIN && !caller.may(Permission.TRAINING_SUBMIT)) {
      throw new Problem(
          CommonError.FORBIDDEN, "Who lets drift train needs training:submit as well.");
    }
    return answer(id, watches.change(DriftController.model(id), wanted, expected, caller.actor()));
  }

  @GetMapping("/alerts")
  @Allow(Permission.DEPLOYMENTS_READ)
  Page<DriftAlertView> alerts(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String status,
      PageRequest page) {
    if (status != null && !status.equals("open") && !status.equals("closed")) {
      throw Problem.invalid("status", "must be open or closed");
    }
    return Page.cut(
            watches.list(
                DriftController.model(id),
                Optional.ofNullable(status).map("open"::equals),
                page.after(token -> token),
                page.limit()),
            page,
            alert -> PageToken.of(alert.id()))
        .map(DriftWatchController::view);
  }

  private static WatchSettings settings(DriftSettingsRequest request) {
    WatchSettings or = WatchSettings.DEFAULT;
    Severity threshold =
        request.threshold() == null
            ? or.threshold()
            : Severity.ofWire(request.threshold())
                .filter(severity -> severity.isAtLeast(Severity.LOW))
                .orElseThrow(
                    () ->
                        Problem.invalid("threshold", "must be one of low, medium, high, critical"));
    Reaction reaction =
        request.reaction() == null
            ? or.reaction()
            : Reaction.ofWire(request.reaction())
                .orElseThrow(
                    () ->
                        Problem.invalid(
                            "reaction", "must be one of " + String.join(", ", Reaction.names())));
    @Nullable RetrainForm retrain = request.retrain();
    if (reaction == Reaction.RETRAIN && retrain == null) {
      throw Problem.invalid("retrain", "is required for the reaction retrain");
    }
    return new WatchSettings(
        request.window() == null ? or.window() : TimeWindow.require(request.window()),
        threshold,
        request.minFeatures() == null ? or.minFeatures() : request.minFeatures(),
        duration(request.cooldown(), or.cooldown(), "cooldown"),
        reaction,
        Optional.ofNullable(retrain)
            .map(
                form ->
                    new WatchSettings.Retraining(
                        form.job(),
                        form.budget() == null ? 1 : form.budget(),
                        duration(form.period(), Duration.ofDays(7), "retrain.period"))));
  }

  private static Duration duration(@Nullable String wire, Duration otherwise, String field) {
    try {
      Duration parsed = wire == null ? otherwise : Duration.parse(wire);
      if (parsed.compareTo(Duration.ofMinutes(1)) >= 0 && parsed.compareTo(LONGEST) <= 0) {
        return parsed;
      }
    } catch (DateTimeParseException e) {
      // Falls through: no duration is as wrong as one that is too long.
    }
    throw Problem.invalid(field, "must be a duration from PT1M to P366D");
  }

  private static long revision(@Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new Problem(
          CommonError.REVISION_REQUIRED,
          "Send the revision that you change as If-Match; GET the settings to learn it.");
    }
    Matcher etag = ETAG.matcher(ifMatch);
    if (!etag.matches()) {
      throw Problem.invalid("If-Match", "must be the ETag of the settings, such as \"3\"");
    }
    return Long.parseLong(etag.group(1));
  }

  private static ResponseEntity<DriftSettingsView> answer(String model, WatchDocument document) {
    WatchSettings settings = document.settings();
    return ResponseEntity.ok()
        .eTag("\"" + document.revision() + "\"")
        .body(
            new DriftSettingsView(
                model,
                document.revision(),
                settings.window().wireName(),
                settings.threshold().wireName(),
                settings.minFeatures(),
                settings.cooldown().toString(),
                settings.reaction().wireName(),
                settings
                    .retraining()
                    .map(
                        form ->
                            new RetrainForm(form.job(), form.budget(), form.period().toString()))
                    .orElse(null),
                document.changedBy().orElse(null),
                document.changedAt().map(Instant::toString).orElse(null)));
  }

  private static DriftAlertView view(DriftAlert alert) {
    return new DriftAlertView(
        alert.id(),
        alert.model().value(),
        alert.version(),
        alert.variant(),
        alert.window().wireName(),
        alert.severity().wireName(),
        alert.features(),
        alert.cause().wireName(),
        alert.closedAt().isEmpty() ? "open" : "closed",
        alert.openedAt().toString(),
        alert.lastSeenAt().toString(),
        alert.closedAt().map(Instant::toString).orElse(null),
        alert.closedBecause().orElse(null),
        alert.reaction().wireName(),
        alert.outcome().wireName(),
        alert.detail().orElse(null),
        alert.jobId().orElse(null));
  }
}
