package ai.matih.ml.api.mlflow;

import static ai.matih.ml.api.mlflow.Field.ANY_RUN_ID;
import static ai.matih.ml.api.mlflow.Field.ASSESSMENT_ID;
import static ai.matih.ml.api.mlflow.Field.DATASET_ID;
import static ai.matih.ml.api.mlflow.Field.EXPERIMENT_ID;
import static ai.matih.ml.api.mlflow.Field.EXPERIMENT_IDS;
import static ai.matih.ml.api.mlflow.Field.EXPERIMENT_NAME;
import static ai.matih.ml.api.mlflow.Field.JSON;
import static ai.matih.ml.api.mlflow.Field.MODEL_ID;
import static ai.matih.ml.api.mlflow.Field.OBJECT;
import static ai.matih.ml.api.mlflow.Field.OBJECTS;
import static ai.matih.ml.api.mlflow.Field.PATH;
import static ai.matih.ml.api.mlflow.Field.RUN_ID;
import static ai.matih.ml.api.mlflow.Field.RUN_NAME;
import static ai.matih.ml.api.mlflow.Field.TEXT;
import static ai.matih.ml.api.mlflow.Field.TEXTS;
import static ai.matih.ml.api.mlflow.Field.TRACE_ID;
import static ai.matih.ml.api.mlflow.Field.TRACE_IDS;
import static ai.matih.ml.api.mlflow.Field.TRUTH;
import static ai.matih.ml.api.mlflow.Field.USER;
import static ai.matih.ml.api.mlflow.Field.VERSION;
import static ai.matih.ml.api.mlflow.Field.WHOLE;

import ai.matih.ml.api.experiment.MlflowRefusal;
import ai.matih.ml.common.security.Permission;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One call that passes the door.
 *
 * @param path below {@code /api/2.0/mlflow/}, or a whole one; names in braces are variables
 * @param permission what a person or program needs
 * @param jobs what a training job may do with it
 * @param repeatable whether the same call again finds what another one made, and is content
 * @param fields of its message or query; all others are left behind
 */
record MlflowCall(
    String method,
    String path,
    Permission permission,
    JobRule jobs,
    boolean repeatable,
    Map<String, Field> fields) {

  /** What a training job's token may do with a call. */
  enum JobRule {
    REFUSED,
    /** The run named in it is the job's own or a child of it. */
    OWN_RUN,
    /** It makes a run, which becomes a child of the job's own. */
    CHILD_RUN,
    /** The experiment named in it is that of the job's run. */
    OWN_EXPERIMENT,
    /** It makes a model of the job's run. */
    NEW_MODEL,
    /** The model named in it was made by the job's run. */
    OWN_MODEL
  }

  /** What a field holds, wherever its row says nothing else. */
  private static final Map<Field, String> FORMS =
      Map.ofEntries(
          Map.entry(EXPERIMENT_ID, "experiment_id"),
          Map.entry(EXPERIMENT_IDS, "experiment_ids"),
          Map.entry(RUN_ID, "source_run_id"),
          Map.entry(ANY_RUN_ID, "run_uuid run_id"),
          Map.entry(MODEL_ID, "model_id"),
          Map.entry(TRACE_ID, "trace_id request_id"),
          Map.entry(TRACE_IDS, "trace_ids request_ids"),
          Map.entry(ASSESSMENT_ID, "assessment_id"),
          Map.entry(DATASET_ID, "dataset_id"),
          Map.entry(VERSION, "version"),
          Map.entry(EXPERIMENT_NAME, "experiment_name new_name"),
          Map.entry(RUN_NAME, "run_name"),
          Map.entry(USER, "user_id"),
          Map.entry(PATH, "path artifact_directory_path"),
          Map.entry(
              WHOLE,
              "max_results start_time end_time timestamp step timestamp_ms max_timestamp_millis"
                  + " max_traces time_interval_seconds start_time_ms end_time_ms"),
          Map.entry(TRUTH, "allow_partial"),
          Map.entry(JSON, "records"),
          Map.entry(
              TEXT,
              "name key metric_key alias page_token filter view_type value status dataset_name"
                  + " dataset_digest model_json run_view_type model_type filter_string"
                  + " filter_string1 filter_string2 base_filter metric_name update_mask"),
          Map.entry(TEXTS, "order_by stages dimensions filters dataset_record_ids"),
          Map.entry(OBJECT, "trace assessment"),
          Map.entry(
              OBJECTS,
              "tags metrics params datasets models request_metadata locations aggregations"));

  static final String BASE = "/api/2.0/mlflow/";

  private static final List<String> SPEAK_OF_EXPERIMENTS =
      List.of(
          "experiments/",
          "runs/",
          "logged-models",
          "traces",
          "/api/3.0/mlflow/traces",
          "/api/3.0/mlflow/datasets");

  private static final List<MlflowCall> TABLE = read("calls.txt");

  private static List<MlflowCall> read(String resource) {
    try (InputStream in = Objects.requireNonNull(MlflowCall.class.getResourceAsStream(resource))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> row(line.split(" +", -1)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A word that is not known stops the start. */
  static MlflowCall row(String[] words) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (String field : List.of(words).subList(5, words.length)) {
      String[] named = field.split(":", -1);
      fields.put(
          named[0],
          named.length == 1 ? form(field) : Field.valueOf(named[1].toUpperCase(Locale.ROOT)));
    }
    Permission permission =
        switch (words[2]) {
          case "write" -> Permission.EXPERIMENTS_WRITE;
          case "read" -> Permission.EXPERIMENTS_READ;
          case "models" -> Permission.MODELS_READ;
          default -> throw new IllegalArgumentException("no permission is called " + words[2]);
        };
    JobRule jobs =
        words[3].equals("-") ? JobRule.REFUSED : JobRule.valueOf(words[3].toUpperCase(Locale.ROOT));
    boolean repeatable =
        switch (words[4]) {
          case "repeat" -> true;
          case "once", "-" -> false;
          default -> throw new IllegalArgumentException("neither repeat nor once: " + words[4]);
        };
    return new MlflowCall(
        words[0], words[1], permission, jobs, repeatable, Collections.unmodifiableMap(fields));
  }

  private static Field form(String field) {
    return FORMS.entrySet().stream()
        .filter(entry -> List.of(entry.getValue().split(" ", -1)).contains(field))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("nothing says what " + field + " holds"));
  }

  /** A call with the values of its path's variables. */
  record Match(MlflowCall call, Map<String, String> variables) {}

  static List<MlflowCall> table() {
    return TABLE;
  }

  /**
   * @param path a whole one, undecoded
   */
  static Optional<Match> of(String method, String path) {
    for (MlflowCall call : TABLE) {
      if (call.method().equals(method)) {
        Optional<Map<String, String>> variables = call.match(path);
        if (variables.isPresent()) {
          return Optional.of(new Match(call, variables.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** The whole path. */
  String address() {
    return path.startsWith("/") ? path : BASE + path;
  }

  private Optional<Map<String, String>> match(String path) {
    String[] template = address().split("/", -1);
    String[] given = path.split("/", -1);
    if (template.length != given.length) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < template.length; i++) {
      if (!template[i].startsWith("{")) {
        if (!template[i].equals(given[i])) {
          return Optional.empty();
        }
        continue;
      }
      String name = template[i].substring(1, template[i].length() - 1);
      if (!form(name).acceptsText(given[i])) {
        return Optional.empty();
      }
      variables.put(name, given[i]);
    }
    return Optional.of(variables);
  }

  /**
   * Whether the call is made again after it failed so. A lost race was rolled back as a whole; a
   * row that is there stays there.
   */
  boolean mayRepeat(MlflowRefusal.Cause cause) {
    return switch (cause) {
      case RULE -> false;
      case ROW_EXISTS -> repeatable;
      case LOST_RACE -> writes();
    };
  }

  /** Whether its answer may name an experiment by its number. */
  boolean speaksOfExperiments() {
    return SPEAK_OF_EXPERIMENTS.stream().anyMatch(path::startsWith);
  }

  /** Whether it changes something. */
  boolean writes() {
    return permission == Permission.EXPERIMENTS_WRITE;
  }
}
