package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.Experiment;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.LifecycleStage;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.api.experiment.TrackingLimits;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Role;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the routes of this package check alike, before MLflow sees anything. */
final class Checks {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Checks() {}

  static Experiment experiment(ExperimentTracker tracker, String id) {
    return ExperimentId.parse(id)
        .flatMap(tracker::experiment)
        .orElseThrow(
            () ->
                new Problem(
                        ApiError.EXPERIMENT_NOT_FOUND, "There is no experiment " + shown(id) + ".")
                    .with("experiment_id", shown(id)));
  }

  static Experiment activeExperiment(ExperimentTracker tracker, String id) {
    Experiment experiment = experiment(tracker, id);
    if (experiment.lifecycleStage() == LifecycleStage.DELETED) {
      throw new Problem(ApiError.EXPERIMENT_DELETED, "The experiment is deleted; restore it first.")
          .with("experiment_id", experiment.id().value());
    }
    return experiment;
  }

  /** The run, when it is one of the experiment's. */
  static Run run(ExperimentTracker tracker, String experimentId, String runId) {
    return RunId.parse(runId)
        .flatMap(tracker::run)
        .filter(run -> run.experimentId().value().equals(experimentId))
        .orElseThrow(
            () ->
                new Problem(
                        ApiError.RUN_NOT_FOUND,
                        "Experiment " + shown(experimentId) + " has no run " + shown(runId) + ".")
                    .with("run_id", shown(runId)));
  }

  /** The run, when it may still be written to. */
  static Run activeRun(ExperimentTracker tracker, String experimentId, String runId) {
    Run run = run(tracker, experimentId, runId);
    if (run.lifecycleStage() == LifecycleStage.DELETED) {
      throw new Problem(ApiError.RUN_DELETED, "The run is deleted; restore its experiment first.")
          .with("run_id", run.id().value());
    }
    return run;
  }

  static Map<String, String> runTags(@Nullable Map<String, @Nullable String> tags, Caller caller) {
    return tags(tags, TrackingLimits.TAG_VALUE, caller);
  }

  static Map<String, String> experimentTags(
      @Nullable Map<String, @Nullable String> tags, Caller caller) {
    return tags(tags, TrackingLimits.EXPERIMENT_TAG_VALUE, caller);
  }

  private static Map<String, String> tags(
      @Nullable Map<String, @Nullable String> tags, int maxValue, Caller caller) {
    Map<String, String> checked = entries("tags", tags, maxValue);
    List<Violation> violations = new ArrayList<>();
    if (!caller.roles().contains(Role.SERVICE)) {
      checked.keySet().stream()
          .filter(Tags::isPlatforms)
          .forEach(key -> violations.add(new Violation("tags." + key, "belongs to the platform")));
    }
    if (checked.containsKey(Tags.REQUEST)) {
      violations.add(new Violation("tags." + Tags.REQUEST, "belongs to the platform"));
    }
    refuse(violations);
    return checked;
  }

  static Map<String, String> params(@Nullable Map<String, @Nullable String> params) {
    return entries("params", params, TrackingLimits.PARAM_VALUE);
  }

  private static Map<String, String> entries(
      String field, @Nullable Map<String, @Nullable String> entries, int maxValue) {
    if (entries == null) {
      return Map.of();
    }
    List<Violation> violations = new ArrayList<>();
    Map<String, String> checked = new java.util.LinkedHashMap<>();
    entries.forEach(
        (key, value) -> {
          String name = field + "." + shown(key);
          if (!TrackingLimits.isKey(key)) {
            violations.add(new Violation(name, TrackingLimits.KEY_RULE));
          }
          if (value == null) {
            violations.add(new Violation(name, "must be a string"));
          } else if (!TrackingLimits.fits(value, maxValue)) {
            violations.add(new Violation(name, "may have up to " + maxValue + " characters"));
          } else {
            checked.put(key, value);
          }
        });
    refuse(violations);
    return checked;
  }

  /** The file's name is kept to the letter, or refused. */
  static ArtifactPath artifactPath(String field, String path) {
    ArtifactPath parsed =
        ArtifactPath.parse(path).orElseThrow(() -> Problem.invalid(field, ArtifactPath.RULE));
    if (!parsed.text().equals(path)) {
      throw Problem.invalid(
          field, "would be kept as " + shown(parsed.text()) + "; give it a name without escapes");
    }
    return parsed;
  }

  static LifecycleStage stage(@Nullable String stage) {
    if (stage == null) {
      return LifecycleStage.ACTIVE;
    }
    return switch (stage.toLowerCase(Locale.ROOT)) {
      case "active" -> LifecycleStage.ACTIVE;
      case "deleted" -> LifecycleStage.DELETED;
      default -> throw Problem.invalid("lifecycle_stage", "must be active or deleted");
    };
  }

  static void refuse(List<Violation> violations) {
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations.subList(0, Math.min(50, violations.size())));
    }
  }

  /** MLflow's token within ours; MLflow fails on one that it has not made, as if it were broken. */
  static Optional<String> token(Optional<String> token) {
    Optional<String> inner = token.map(t -> PageToken.decode(t, 1).parts().getFirst());
    if (inner.isPresent() && !isOffset(inner.get())) {
      throw Problem.invalid("page_token", "is not a token of this list");
    }
    return inner;
  }

  private static boolean isOffset(String token) {
    try {
      JsonNode offset =
          JSON.readTree(Base64.getDecoder().decode(token.replace('-', '+').replace('_', '/')))
              .path("offset");
      return offset.isInt() && offset.intValue() >= 0;
    } catch (IllegalArgumentException | JacksonException e) {
      return false;
    }
  }

  /** What a caller sent, short and without control characters, fit for an answer. */
  private static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 80 ? clean.substring(0, 80) + "…" : clean;
  }
}
