package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.web.PlainText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.springframework.web.util.UriUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call's message or query, reduced to the call's known fields, each of its form. What MLflow
 * receives is written anew from this, never passed through.
 */
final class MlflowMessage {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxStringLength(8_000_000)
                          .build())
                  .build())
          .build();

  /** The numbers of one metric in a batch. */
  private static final Map<String, Field> IN_PARTS =
      Map.of("value", Field.VALUE, "timestamp", Field.WHOLE, "step", Field.WHOLE);

  /** Where a trace's files lie, and who has them. */
  private static final Set<String> TRACE_TAGS_OF_THE_STORE =
      Set.of(
          "mlflow.artifactLocation",
          "mlflow.trace.spansLocation",
          "mlflow.trace.archiveLocation",
          "mlflow.trace.archivalFailure");

  private final ObjectNode fields;

  private MlflowMessage(ObjectNode fields) {
    this.fields = fields;
  }

  static MlflowMessage ofBody(MlflowCall.Match match, byte[] body) {
    JsonNode tree;
    try {
      tree = body.length == 0 ? JsonNodeFactory.instance.objectNode() : JSON.readTree(body);
    } catch (JacksonException e) {
      throw new Problem(CommonError.MALFORMED_REQUEST, "The body is not valid JSON.");
    }
    if (!tree.isObject()) {
      throw new Problem(CommonError.MALFORMED_REQUEST, "The body must be a JSON object.");
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    match
        .call()
        .fields()
        .forEach(
            (name, field) -> {
              JsonNode value = tree.get(name);
              if (value != null && !value.isNull()) {
                require(field, name, value);
                requireKeepable(name, value);
                if (field == Field.JSON) {
                  requireKeepable(name, inside(name, value.asString()));
                }
                kept.set(name, value);
              }
            });
    return new MlflowMessage(kept).checked(match);
  }

  static MlflowMessage ofQuery(MlflowCall.Match match, Map<String, String[]> parameters) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    match
        .call()
        .fields()
        .forEach(
            (name, field) -> {
              String[] values = parameters.get(name);
              if (values == null || values.length == 0) {
                return;
              }
              boolean many = field.isList();
              if (!many && values.length > 1) {
                throw Problem.invalid(name, "must be given once");
              }
              for (String value : values) {
                if (!PlainText.isPlain(value)) {
                  throw refused(name, value, PlainText.REFUSED);
                }
                if (!field.acceptsText(value)) {
                  throw refused(name, value, "must be " + field.form());
                }
              }
              if (many) {
                values = values.clone();
                var list = kept.putArray(name);
                for (String value : values) {
                  list.add(value);
                }
              } else {
                kept.put(name, values[0]);
              }
            });
    return new MlflowMessage(kept).checked(match);
  }

  private static void require(Field field, String path, JsonNode value) {
    if (!field.accepts(value)) {
      throw value.isNumber() || value.isBoolean()
          ? refused(path, "must be " + field.form())
              .with("value", value.isNumber() ? value.numberValue() : value.booleanValue())
          : refused(path, value.isString() ? value.asString() : "", "must be " + field.form());
    }
  }

  /**
   * On every level: no text that no database keeps, and no number that is none. MLflow would find
   * them inside its database, and answer as if it had failed itself.
   */
  private static void requireKeepable(String path, JsonNode value) {
    switch (value.getNodeType()) {
      case STRING -> {
        if (!PlainText.isPlain(value.asString())) {
          throw refused(path, value.asString(), PlainText.REFUSED);
        }
      }
      case NUMBER -> {
        if (!Double.isFinite(value.doubleValue())) {
          throw refused(path, value.asString(), "must be a finite number");
        }
      }
      case ARRAY -> {
        for (int i = 0; i < value.size(); i++) {
          requireKeepable(path + '[' + i + ']', value.get(i));
        }
      }
      case OBJECT ->
          value
              .properties()
              .forEach(
                  part -> {
                    String name = path + '.' + part.getKey();
                    if (!PlainText.isPlain(part.getKey())) {
                      throw refused(name, part.getKey(), PlainText.REFUSED);
                    }
                    Field field = IN_PARTS.get(part.getKey());
                    if (path.startsWith("metrics[") && field != null && !part.getValue().isNull()) {
                      require(field, name, part.getValue());
                    }
                    requireKeepable(name, part.getValue());
                  });
      default -> {
        // null, true and false
      }
    }
  }

  private static JsonNode inside(String name, String json) {
    try {
      return JSON.readTree(json);
    } catch (JacksonException e) {
      throw refused(name, json, "must be " + Field.JSON.form());
    }
  }

  /** In the words of MLflow, which name the parameter and its value. */
  private static Problem refused(String path, String value, String rule) {
    return refused(path, rule).with("value", shown(value));
  }

  private static Problem refused(String path, String rule) {
    return Problem.invalid(shown(path), rule);
  }

  private static String shown(String text) {
    String clean = text.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    return clean.codePointCount(0, clean.length()) > 80
        ? clean.substring(0, clean.offsetByCodePoints(0, 80)) + "…"
        : clean;
  }

  private MlflowMessage checked(MlflowCall.Match match) {
    match
        .variables()
        .forEach(
            (name, inPath) -> {
              if (text(name).filter(inBody -> !inBody.equals(inPath)).isPresent()) {
                throw Problem.invalid(name, "must be the one of the path");
              }
            });
    requireNoTagOfTheStore();
    Optional<String> uuid = text("run_uuid");
    Optional<String> id = text("run_id");
    if (uuid.isPresent() && id.isPresent() && !uuid.equals(id)) {
      throw Problem.invalid("run_uuid", "must be the same as run_id");
    }
    id.or(() -> uuid).ifPresent(MlflowMessage::requireOurs);
    return this;
  }

  /**
   * Where such a tag says, MLflow's server reads a trace's files, with its own rights, and a client
   * too, with its caller's token. The server writes them itself; its handlers refuse only some of
   * them, and only as single tags.
   */
  private void requireNoTagOfTheStore() {
    text("key").ifPresent(MlflowMessage::requireNotOfTheStore);
    for (JsonNode part : fields.path("trace").findParents("tags")) {
      part.path("tags").propertyNames().forEach(MlflowMessage::requireNotOfTheStore);
    }
    for (JsonNode tag : fields.path("tags")) {
      requireNotOfTheStore(tag.path("key").asString(""));
    }
  }

  private static void requireNotOfTheStore(String tag) {
    if (TRACE_TAGS_OF_THE_STORE.contains(tag)) {
      throw Problem.invalid("tags." + tag, "must be left out: the server writes it");
    }
  }

  /** Other servers have ids of other forms: nothing here has one of them. */
  private static void requireOurs(String run) {
    if (RunId.parse(run).isEmpty()) {
      throw new Problem(ApiError.RUN_NOT_FOUND, "Run with id=%s not found".formatted(shown(run)));
    }
  }

  Optional<RunId> run() {
    return text("run_id").or(() -> text("run_uuid")).map(RunId::new);
  }

  Optional<RunId> sourceRun() {
    return text("source_run_id").map(RunId::new);
  }

  Optional<ExperimentId> experiment() {
    return text("experiment_id").map(ExperimentId::new);
  }

  /** Those that a list names. */
  List<ExperimentId> experiments() {
    return fields
        .path("experiment_ids")
        .valueStream()
        .map(id -> new ExperimentId(id.asString()))
        .toList();
  }

  /** Puts other numbers in the place of the experiments that the message names. */
  void replaceExperiments(UnaryOperator<ExperimentId> other) {
    experiment().ifPresent(id -> set("experiment_id", other.apply(id).value()));
    if (fields.get("experiment_ids") instanceof ArrayNode ids) {
      for (int i = 0; i < ids.size(); i++) {
        ids.set(i, other.apply(new ExperimentId(ids.get(i).asString())).value());
      }
    }
    for (JsonNode location : fields.findValues("mlflow_experiment")) {
      JsonNode id = location.get("experiment_id");
      if (location instanceof ObjectNode named && id != null && !id.isNull()) {
        require(Field.EXPERIMENT_ID, "mlflow_experiment.experiment_id", id);
        named.put("experiment_id", other.apply(new ExperimentId(id.asString())).value());
      }
    }
  }

  /** The name that an experiment is asked for by. */
  Optional<String> experimentName() {
    return text("experiment_name");
  }

  /** Models that parts of the message speak of. */
  List<String> mentionedModels() {
    List<String> models = new ArrayList<>();
    text("model_id").ifPresent(models::add);
    for (String list : List.of("metrics", "models")) {
      JsonNode parts = fields.path(list);
      for (int i = 0; i < parts.size(); i++) {
        JsonNode model = parts.get(i).get("model_id");
        if (model != null && !model.isNull() && !model.asString("").isEmpty()) {
          require(Field.MODEL_ID, list + '[' + i + "].model_id", model);
          models.add(model.asString());
        }
      }
    }
    return models;
  }

  Optional<String> tag(String key) {
    for (JsonNode tag : fields.path("tags")) {
      if (key.equals(tag.path("key").asString(""))) {
        return Optional.of(tag.path("value").asString(""));
      }
    }
    return Optional.empty();
  }

  void addTag(String key, String value) {
    fields.withArray("tags").addObject().put("key", key).put("value", value);
  }

  void set(String field, String value) {
    fields.put(field, value);
  }

  /** Whether it would write a tag that belongs to the platform. */
  boolean writesPlatformTag() {
    if (text("key").filter(Tags::isPlatforms).isPresent() && !fields.has("timestamp")) {
      return true;
    }
    for (JsonNode tag : fields.path("tags")) {
      if (Tags.isPlatforms(tag.path("key").asString(""))) {
        return true;
      }
    }
    return false;
  }

  byte[] body() {
    return JSON.writeValueAsBytes(fields);
  }

  /** With its question mark; empty without fields. */
  String query() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    fields
        .properties()
        .forEach(
            entry -> {
              List<String> values = new ArrayList<>();
              if (entry.getValue().isArray()) {
                entry.getValue().forEach(value -> values.add(value.asString()));
              } else {
                values.add(entry.getValue().asString());
              }
              all.put(entry.getKey(), values);
            });
    StringBuilder query = new StringBuilder();
    all.forEach(
        (name, values) ->
            values.forEach(
                value ->
                    query
                        .append(query.isEmpty() ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(UriUtils.encode(value, StandardCharsets.UTF_8))));
    return query.toString();
  }

  private Optional<String> text(String name) {
    JsonNode value = fields.get(name);
    return value == null ? Optional.empty() : Optional.of(value.asString());
  }
}
