package ai.matih.ml.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.DatasetName;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The rules of a request for a training job. */
class JobRulesTests {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private static final DatasetVersion FLIGHTS =
      new DatasetVersion(
          new Tenant("acme"),
          new DatasetName("flights"),
          "sha256:" + "a".repeat(64),
          S3Uri.of("s3://datasets/acme/flights/a.parquet"),
          10,
          10,
          List.of(
              new Column("late", "long", 0),
              new Column("temp", "double", 1),
              new Column("time_hour", "timestamp", 0),
              new Column("carrier", "string", 0),
              new Column("day", "date", 0),
              new Column("is_late", "boolean", 0),
              new Column("tags", "other", 0)),
          "user:alice",
          Instant.EPOCH);

  private static final String VALID =
      """
      {"name":"late","algorithm":"xgboost","task":"classification","dataset":{"source":"dataset:flights"},
       "target_column":"late"}""";

  private static JobRules rules() {
    return rules(Algorithms.of(CodePackage.ofThisBuild()));
  }

  private static JobRules rules(Algorithms algorithms) {
    return new JobRules(
        new Tenant("acme"),
        algorithms,
        Set.of("datasets"),
        Duration.ofDays(7),
        reference ->
            reference.name().value().equals("flights")
                    && reference.digest().map(FLIGHTS.digest()::equals).orElse(true)
                ? Optional.of(FLIGHTS)
                : Optional.empty());
  }

  private static List<String> refused(String json) {
    JobRules rules = rules();
    Optional<TrainingSpecification> checked = rules.check(JSON.readValue(json, JobRequest.class));
    assertThat(checked.isPresent()).isEqualTo(rules.violations().isEmpty());
    assertThat(rules.violations()).allMatch(violation -> !violation.message().isBlank());
    return rules.violations().stream().map(Violation::field).toList();
  }

  @Test
  void fill_in_every_default_and_pin_the_version() {
    TrainingSpecification specification =
        rules().check(JSON.readValue(VALID, JobRequest.class)).orElseThrow();

    assertThat(specification.source().reference())
        .isEqualTo("dataset:flights@sha256:" + "a".repeat(64));
    assertThat(specification.split().strategy()).isEqualTo("stratified");
    assertThat(specification.resources().numWorkers()).isEqualTo(1);
    assertThat(specification.timeout()).isEqualTo(Duration.ofHours(2));
    assertThat(specification.hyperparameters()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":null} | name",
        "{\"name\":\"a/b\"} | name",
        "{\"name\":\"it's\"} | name",
        "{\"algorithm\":null} | algorithm",
        "{\"algorithm\":\"pytorch_mlp\"} | algorithm",
        "{\"algorithm\":\"ridge\"} | task",
        "{\"algorithm\":\"logistic_regression\",\"resources\":{\"num_workers\":2}} | resources.num_workers",
        "{\"hyperparameters\":{\"class_weight\":{\"0\":-1}}} | hyperparameters.class_weight",
        "{\"hyperparameters\":{\"early_stopping_rounds\":0}} | hyperparameters.early_stopping_rounds",
        "{\"weight_column\":\"late\"} | weight_column",
        "{\"weight_column\":\"nope\"} | weight_column",
        "{\"weight_column\":\"time_hour\"} | weight_column",
        "{\"weight_column\":\" \"} | weight_column",
        "{\"weight_column\":\"temp\",\"feature_columns\":[\"temp\"]} | weight_column",
        "{\"encodings\":{\"temp\":\"one_hot\"}} | encodings.temp",
        "{\"encodings\":{\"nope\":\"one_hot\"}} | encodings.nope",
        "{\"encodings\":{\"carrier\":\"hash\"}} | encodings.carrier",
        "{\"encodings\":{\"carrier\":null}} | encodings.carrier",
        "{\"encodings\":{\"carrier\":\"native\"},\"feature_columns\":[\"temp\"]} | encodings.carrier",
        "{\"algorithm\":\"logistic_regression\",\"encodings\":{\"carrier\":\"native\"}} | encodings.carrier",
        "{\"algorithm\":\"XGBoost\"} | algorithm",
        "{\"task\":\"ranking\"} | task",
        "{\"experiment_id\":\"../1\"} | experiment_id",
        "{\"dataset\":null} | dataset",
        "{\"dataset\":{}} | dataset.source",
        "{\"dataset\":{\"source\":\"dataset:none\"}} | dataset.source",
        "{\"dataset\":{\"source\":\"dataset:../x\"}} | dataset.source",
        "{\"dataset\":{\"source\":\"s3://datasets/globex/f.parquet\"}} | dataset.source",
        "{\"dataset\":{\"source\":\"s3://models/acme/f.parquet\"}} | dataset.source",
        "{\"dataset\":{\"source\":\"s3://datasets/acme/../globex/f\"}} | dataset.source",
        "{\"dataset\":{\"source\":\"file:///etc/passwd\"}} | dataset.source",
        "{\"target_column\":\"nope\"} | target_column",
        "{\"feature_columns\":[]} | feature_columns",
        "{\"feature_columns\":[\"late\"]} | feature_columns[0]",
        "{\"feature_columns\":[\"temp\",\"temp\"]} | feature_columns[1]",
        "{\"feature_columns\":[\"time_hour\"]} | feature_columns[0]",
        "{\"split\":{\"test_size\":1}} | split.test_size",
        "{\"split\":{\"seed\":-1}} | split.seed",
        "{\"split\":{\"strategy\":\"magic\"}} | split.strategy",
        "{\"split\":{\"strategy\":\"time\"}} | split.time_column",
        "{\"split\":{\"strategy\":\"time\",\"time_column\":\"nope\"}} | split.time_column",
        "{\"split\":{\"strategy\":\"time\",\"time_column\":\"temp\"}} | split.time_column",
        "{\"hyperparameters\":{\"eta\":1}} | hyperparameters.eta",
        "{\"resources\":{\"num_workers\":0}} | resources.num_workers",
        "{\"resources\":{\"cpus_per_worker\":0}} | resources.cpus_per_worker",
        "{\"resources\":{\"gpus_per_worker\":1.5}} | resources.gpus_per_worker",
        "{\"resources\":{\"memory_bytes_per_worker\":-1}} | resources.memory_bytes_per_worker",
        "{\"checkpoints\":{\"frequency\":0}} | checkpoints.frequency",
        "{\"max_failures\":-1} | max_failures",
        "{\"priority\":1000} | priority",
        "{\"timeout\":\"2 hours\"} | timeout",
        "{\"timeout\":\"PT1S\"} | timeout",
        "{\"timeout\":\"P999999999D\"} | timeout",
        "{\"register\":{}} | register.model_id",
        "{\"register\":{\"model_id\":\"../x\"}} | register.model_id",
      })
  void name_the_field_that_is_wrong(String change, String field) {
    ObjectNode request = (ObjectNode) JSON.readTree(VALID);
    request.setAll((ObjectNode) JSON.readTree(change));

    assertThat(refused(request.toString())).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource({
    "classification, late, true",
    "classification, temp, true",
    "classification, carrier, true",
    "classification, is_late, true",
    "classification, day, false",
    "classification, time_hour, false",
    "classification, tags, false",
    "regression, late, true",
    "regression, temp, true",
    "regression, carrier, false",
    "regression, is_late, false",
    "regression, day, false",
    "regression, time_hour, false",
    "regression, tags, false",
  })
  void hold_the_target_against_the_task(String task, String target, boolean fits) {
    String request =
        VALID.replace("classification", task).replace("\"late\"}", "\"" + target + "\"}");

    assertThat(refused(request)).isEqualTo(fits ? List.of() : List.of("target_column"));
  }

  @Test
  void say_what_to_do_about_a_target_of_the_wrong_kind() {
    assertThat(
            messages(
                VALID.replace("classification", "regression").replace("\"late\"}", "\"carrier\"}")))
        .containsExactly(
            "'carrier' is a string column; regression needs numbers. For classes set task to classification");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"target_column\":\"Late\"} | did you mean 'late'?",
        "{\"target_column\":\"lat\"} | did you mean 'late'?",
        "{\"target_column\":\"zzzzzz\"} |",
        "{\"feature_columns\":[\"temp\",\"carier\"]} | did you mean 'carrier'?",
        "{\"split\":{\"strategy\":\"time\",\"time_column\":\"timehour\"}} | did you mean 'time_hour'?",
      })
  void suggest_the_closest_name(String change, @Nullable String hint) {
    ObjectNode request = (ObjectNode) JSON.readTree(VALID);
    request.setAll((ObjectNode) JSON.readTree(change));

    assertThat(messages(request.toString()))
        .singleElement()
        .asString()
        .satisfies(
            message -> {
              if (hint == null) {
                assertThat(message).doesNotContain("did you mean");
              } else {
                assertThat(message).endsWith(hint);
              }
            });
  }

  private static List<String> messages(String json) {
    JobRules rules = rules();
    assertThat(rules.check(JSON.readValue(json, JobRequest.class))).isEmpty();
    return rules.violations().stream().map(Violation::message).toList();
  }

  @Test
  void name_everything_that_is_wrong_at_once() {
    assertThat(refused("{}")).contains("name", "algorithm", "task", "dataset", "target_column");
  }

  @Test
  void ask_of_a_join_a_known_timestamp_and_either_features_or_a_service() {
    String join =
        """
        {"name":"late","algorithm":"random_forest","task":"classification","target_column":"late",
         "features":{"entity_source":"dataset:flights","timestamp_column":"%s",%s}}""";

    assertThat(refused(join.formatted("time_hour", "\"feature_service\":\"weather_v1\"")))
        .isEmpty();
    assertThat(refused(join.formatted("time_hour", "\"features\":[\"weather:dew\"]"))).isEmpty();
    assertThat(refused(join.formatted("nope", "\"features\":[\"weather:dew\"]")))
        .containsExactly("features.timestamp_column");
    assertThat(refused(join.formatted("time_hour", "\"features\":[\"dew\"]")))
        .containsExactly("features.features[0]");
    assertThat(
            refused(
                join.formatted("time_hour", "\"features\":[\"w:t\"],\"feature_service\":\"s\"")))
        .containsExactly("features.features");
    assertThat(refused(join.formatted("temp", "\"features\":[\"weather:dew\"]")))
        .containsExactly("features.timestamp_column");
  }

  @Test
  void hold_the_columns_of_a_join_against_what_is_known() {
    String join =
        """
        {"name":"late","algorithm":"random_forest","task":"classification","target_column":"late",
         "features":{"entity_source":"dataset:flights","timestamp_column":"time_hour",%s},
         "feature_columns":[%s]}""";

    String listed = "\"features\":[\"weather:dew\",\"weather:wind\"]";
    assertThat(refused(join.formatted(listed, "\"dew\",\"temp\""))).isEmpty();
    assertThat(refused(join.formatted(listed, "\"dew\",\"humid\"")))
        .containsExactly("feature_columns[1]");
    assertThat(messages(join.formatted(listed, "\"widn\"")))
        .containsExactly(
            "'widn' is neither a column of %s nor a joined feature; did you mean 'wind'?"
                .formatted(FLIGHTS.reference()));
    assertThat(refused(join.formatted(listed, "\"day\""))).containsExactly("feature_columns[0]");
    assertThat(refused(join.formatted("\"feature_service\":\"weather_v1\"", "\"humid\"")))
        .isEmpty();
    assertThat(refused(join.formatted("\"features\":[\"weather:temp\"]", "\"temp\"")))
        .containsExactly("features.features[0]");
    assertThat(refused(join.formatted("\"features\":[\"a:dew\",\"b:dew\"]", "\"dew\"")))
        .containsExactly("features.features[1]");
  }

  /** The same entry is what the training code's own tests add to theirs. */
  @Test
  void take_a_further_algorithm_by_its_entry_alone() throws IOException {
    String shipped =
        Files.readString(Path.of("src/main/python/matih_training/algorithms/algorithms.json"));
    ObjectNode document = (ObjectNode) JSON.readTree(shipped);
    ((ObjectNode) document.get("algorithms"))
        .setAll(
            (ObjectNode)
                JSON.readTree(
                    Files.readString(Path.of("src/test/python/extra_algorithms/entry.json"))));
    Algorithms algorithms = Algorithms.parse(JSON.writeValueAsBytes(document));
    ObjectNode request = (ObjectNode) JSON.readTree(VALID);
    request.put("algorithm", "gradient_descent");
    request.putObject("hyperparameters").put("steps", 10);

    TrainingSpecification taken =
        rules(algorithms).check(JSON.treeToValue(request, JobRequest.class)).orElseThrow();
    assertThat(taken.algorithm().value()).isEqualTo("gradient_descent");

    request.putObject("hyperparameters").put("steps", 0).put("colour", "red");
    JobRules refusing = rules(algorithms);
    assertThat(refusing.check(JSON.treeToValue(request, JobRequest.class))).isEmpty();
    assertThat(refusing.violations())
        .containsExactly(
            new Violation(
                "hyperparameters.colour",
                "is not a hyperparameter of gradient_descent; it has rate, steps"),
            new Violation("hyperparameters.steps", "must be an integer from 1 to 1000"));
    JobRules shippedOnly = rules();
    assertThat(shippedOnly.check(JSON.treeToValue(request, JobRequest.class))).isEmpty();
    assertThat(shippedOnly.violations())
        .containsExactly(
            new Violation(
                "algorithm", "must be one of " + Algorithms.of(CodePackage.ofThisBuild()).names()));
  }

  @Test
  void take_an_algorithm_for_its_tasks_only() throws IOException {
    String narrow =
        Files.readString(Path.of("src/main/python/matih_training/algorithms/algorithms.json"))
            .replace("[\"classification\", \"regression\"]", "[\"regression\"]");
    JobRules rules = rules(Algorithms.parse(narrow.getBytes(StandardCharsets.UTF_8)));

    assertThat(rules.check(JSON.readValue(VALID, JobRequest.class))).isEmpty();
    assertThat(rules.violations())
        .containsExactly(new Violation("task", "xgboost is not for classification"));
  }

  /** An algorithm's name belongs into {@code algorithms.json} and nowhere into the program. */
  @Test
  void name_no_algorithm_themselves() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      assertThat(sources.filter(path -> path.toString().endsWith(".java")))
          .allSatisfy(
              path ->
                  assertThat(Files.readString(path))
                      .doesNotContainIgnoringCase("\"xgboost")
                      .doesNotContainIgnoringCase("\"random_forest")
                      .doesNotContain("XGBOOST", "RANDOM_FOREST"));
    }
  }
}
