package ai.matih.ml.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.cluster.CodePackage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The rules of a search for hyperparameters. */
class TuningRulesTests {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private static final String JOB =
      """
      {"name":"late","algorithm":"xgboost","task":"classification","target_column":"late",
       "dataset":{"source":"s3://datasets/acme/f.parquet"},"hyperparameters":{"num_boost_round":50}}""";

  private static final String SEARCH =
      """
      {"search":"bayesian","metric":"auc","max_trials":20,"max_concurrent_trials":2,
       "parameter_space":{"max_depth":{"type":"randint","lower":2,"upper":8}}}""";

  private static JobRules rules() {
    return new JobRules(
        new Tenant("acme"),
        Algorithms.of(CodePackage.ofThisBuild()),
        Set.of("datasets"),
        Duration.ofDays(7),
        _ -> Optional.empty());
  }

  private static JobRequest request(String job, String search) {
    ObjectNode request = (ObjectNode) JSON.readTree(JOB);
    request.setAll((ObjectNode) JSON.readTree(job));
    ObjectNode tuning = (ObjectNode) JSON.readTree(SEARCH);
    tuning.setAll((ObjectNode) JSON.readTree(search));
    request.set("tuning", tuning);
    return JSON.treeToValue(request, JobRequest.class);
  }

  private static List<String> refused(String job, String search) {
    JobRules rules = rules();
    Optional<TrainingSpecification> checked = rules.check(request(job, search));
    assertThat(checked.isPresent()).isEqualTo(rules.violations().isEmpty());
    assertThat(rules.violations()).allMatch(violation -> !violation.message().isBlank());
    return rules.violations().stream().map(violation -> violation.field()).toList();
  }

  private static TrainingSpecification taken(String job, String search) {
    JobRules rules = rules();
    Optional<TrainingSpecification> checked = rules.check(request(job, search));
    assertThat(rules.violations()).isEmpty();
    return checked.orElseThrow();
  }

  private static List<String> space(String parameter, String distribution) {
    return refused("{}", "{\"parameter_space\":{\"%s\":%s}}".formatted(parameter, distribution));
  }

  @Test
  void fill_in_every_default() {
    Tuning tuning = taken("{\"split\":{\"seed\":7}}", "{}").tuning().orElseThrow();

    assertThat(tuning.search()).isEqualTo(Tuning.Search.BAYESIAN);
    assertThat(tuning.seed()).isEqualTo(7);
    assertThat(tuning.scheduler()).isEmpty();
    assertThat(tuning.folds()).isEmpty();
    assertThat(tuning.budget().wallTime()).isEmpty();
  }

  @Test
  void keep_room_for_all_trials_that_run_at_once() {
    TrainingSpecification specification =
        taken("{\"resources\":{\"cpus_per_worker\":1.5}}", "{\"max_concurrent_trials\":4}");

    assertThat(specification.atOnce().cpus()).isEqualTo(6);
    assertThat(specification.resources().cpus()).isEqualTo(1.5);
    assertThat(
            taken("{}", "{\"max_trials\":3,\"max_concurrent_trials\":4}")
                .tuning()
                .orElseThrow()
                .maxConcurrentTrials())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"search\":null} | tuning.search",
        "{\"search\":\"genetic\"} | tuning.search",
        "{\"metric\":null} | tuning.metric",
        "{\"metric\":\"rmse\"} | tuning.metric",
        "{\"metric\":\"loss\"} | tuning.metric",
        "{\"mode\":\"min\"} | tuning.mode",
        "{\"mode\":\"best\"} | tuning.mode",
        "{\"max_trials\":null} | tuning.max_trials",
        "{\"max_trials\":0} | tuning.max_trials",
        "{\"max_trials\":1001} | tuning.max_trials",
        "{\"max_concurrent_trials\":0} | tuning.max_concurrent_trials",
        "{\"max_concurrent_trials\":65} | tuning.max_concurrent_trials",
        "{\"seed\":-1} | tuning.seed",
        "{\"seed\":2147483648} | tuning.seed",
        "{\"scheduler\":{}} | tuning.scheduler.type",
        "{\"scheduler\":{\"type\":\"hyperband\"}} | tuning.scheduler.type",
        "{\"scheduler\":{\"type\":\"asha\",\"grace_period\":0}} | tuning.scheduler.grace_period",
        "{\"scheduler\":{\"type\":\"asha\",\"reduction_factor\":1}} | tuning.scheduler.reduction_factor",
        "{\"scheduler\":{\"type\":\"asha\",\"min_samples\":3}} | tuning.scheduler.min_samples",
        "{\"scheduler\":{\"type\":\"median\",\"min_samples\":0}} | tuning.scheduler.min_samples",
        "{\"scheduler\":{\"type\":\"median\",\"reduction_factor\":3}} | tuning.scheduler.reduction_factor",
        "{\"budget\":{\"wall_time\":\"1 hour\"}} | tuning.budget.wall_time",
        "{\"budget\":{\"wall_time\":\"PT0S\"}} | tuning.budget.wall_time",
        "{\"budget\":{\"wall_time\":\"PT3H\"}} | tuning.budget.wall_time",
        "{\"budget\":{\"cpu_seconds\":0}} | tuning.budget.cpu_seconds",
        "{\"budget\":{\"gpu_seconds\":-1}} | tuning.budget.gpu_seconds,tuning.budget.gpu_seconds",
        "{\"budget\":{\"gpu_seconds\":10}} | tuning.budget.gpu_seconds",
        "{\"validation\":{}} | tuning.validation.folds",
        "{\"validation\":{\"folds\":1}} | tuning.validation.folds",
        "{\"validation\":{\"folds\":21}} | tuning.validation.folds",
        "{\"parameter_space\":null} | tuning.parameter_space",
        "{\"parameter_space\":{}} | tuning.parameter_space",
      })
  void name_the_field_that_is_wrong(String change, String fields) {
    assertThat(refused("{}", change)).containsExactly(fields.split(","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eta | {\"type\":\"uniform\",\"lower\":0.1,\"upper\":1} | ''",
        "num_boost_round | {\"type\":\"randint\",\"lower\":1,\"upper\":9} | ''",
        "max_depth | null | .type",
        "max_depth | {} | .type",
        "max_depth | {\"type\":\"normal\"} | .type",
        "max_depth | {\"type\":\"randint\"} | .lower,.upper",
        "max_depth | {\"type\":\"randint\",\"lower\":2} | .upper",
        "max_depth | {\"type\":\"randint\",\"lower\":2.5,\"upper\":4} | .lower",
        "max_depth | {\"type\":\"randint\",\"lower\":2,\"upper\":4.5} | .upper",
        "max_depth | {\"type\":\"randint\",\"lower\":4,\"upper\":4} | .upper",
        "max_depth | {\"type\":\"randint\",\"lower\":-1,\"upper\":4} | .lower",
        "max_depth | {\"type\":\"randint\",\"lower\":2,\"upper\":32} | .upper",
        "max_depth | {\"type\":\"randint\",\"lower\":2,\"upper\":1e300} | .upper",
        "max_depth | {\"type\":\"randint\",\"lower\":2,\"upper\":8,\"q\":2} | .q",
        "max_depth | {\"type\":\"randint\",\"lower\":2,\"upper\":8,\"values\":[1]} | .values",
        "max_depth | {\"type\":\"uniform\",\"lower\":2,\"upper\":8} | .type",
        "max_depth | {\"type\":\"quniform\",\"lower\":2,\"upper\":8,\"q\":0.5} | .type",
        "max_depth | {\"type\":\"choice\"} | .values",
        "max_depth | {\"type\":\"choice\",\"values\":[]} | .values",
        "max_depth | {\"type\":\"choice\",\"values\":[3,3]} | .values[1]",
        "max_depth | {\"type\":\"choice\",\"values\":[3,null]} | .values[1]",
        "max_depth | {\"type\":\"choice\",\"values\":[3,[4]]} | .values[1]",
        "max_depth | {\"type\":\"choice\",\"values\":[3,true]} | .values[1]",
        "max_depth | {\"type\":\"choice\",\"values\":[3,4.5]} | .values[1]",
        "max_depth | {\"type\":\"choice\",\"values\":[3,99]} | .values[1]",
        "max_depth | {\"type\":\"choice\",\"values\":[3],\"lower\":1} | .lower",
        "learning_rate | {\"type\":\"uniform\",\"lower\":0,\"upper\":1} | .lower",
        "learning_rate | {\"type\":\"uniform\",\"lower\":0.1,\"upper\":1.5} | .upper",
        "learning_rate | {\"type\":\"loguniform\",\"lower\":0,\"upper\":1} | .lower",
        "learning_rate | {\"type\":\"loguniform\",\"lower\":-1,\"upper\":1} | .lower",
        "learning_rate | {\"type\":\"loguniform\",\"lower\":0.5,\"upper\":0.1} | .upper",
        "learning_rate | {\"type\":\"quniform\",\"lower\":0.1,\"upper\":1} | .q",
        "learning_rate | {\"type\":\"quniform\",\"lower\":0.1,\"upper\":1,\"q\":0} | .q",
        "learning_rate | {\"type\":\"quniform\",\"lower\":0.1,\"upper\":1,\"q\":0.4} | .q",
        "grow_policy | {\"type\":\"randint\",\"lower\":0,\"upper\":2} | .type",
        "grow_policy | {\"type\":\"choice\",\"values\":[\"depthwise\",\"sideways\"]} | .values[1]",
      })
  void name_what_is_wrong_with_a_distribution(
      String parameter, String distribution, String fields) {
    String at = "tuning.parameter_space." + parameter;
    assertThat(space(parameter, distribution))
        .containsExactly(
            java.util.stream.Stream.of(fields.split(",", -1))
                .map(at::concat)
                .toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_depth | {\"type\":\"randint\",\"lower\":0,\"upper\":31}",
        "max_depth | {\"type\":\"quniform\",\"lower\":2,\"upper\":8,\"q\":2}",
        "max_depth | {\"type\":\"choice\",\"values\":[3,6,9]}",
        "learning_rate | {\"type\":\"uniform\",\"lower\":0.001,\"upper\":1}",
        "learning_rate | {\"type\":\"loguniform\",\"lower\":0.001,\"upper\":0.3}",
        "learning_rate | {\"type\":\"quniform\",\"lower\":0.1,\"upper\":0.9,\"q\":0.1}",
        "gamma | {\"type\":\"randint\",\"lower\":0,\"upper\":5}",
        "grow_policy | {\"type\":\"choice\",\"values\":[\"depthwise\",\"lossguide\"]}",
      })
  void take_what_the_algorithm_takes(String parameter, String distribution) {
    assertThat(space(parameter, distribution)).isEmpty();
  }

  @Test
  void say_all_that_is_wrong_at_once() {
    assertThat(
            refused(
                "{\"resources\":{\"num_workers\":2}}",
                """
                {"search":"x","metric":"y","max_trials":0,"scheduler":{"type":"z"},
                 "parameter_space":{"max_depth":{"type":"randint","lower":2},"eta":{"type":"uniform"}}}"""))
        .containsExactlyInAnyOrder(
            "tuning.search",
            "tuning.metric",
            "tuning.max_trials",
            "tuning.scheduler.type",
            "tuning.parameter_space.max_depth.upper",
            "tuning.parameter_space.eta",
            "resources.num_workers");
  }

  @Test
  void give_a_grid_all_of_its_points() {
    String space =
        """
        {"search":"grid","max_trials":%s,"parameter_space":{
          "max_depth":{"type":"randint","lower":2,"upper":5},
          "grow_policy":{"type":"choice","values":["depthwise","lossguide"]},
          "subsample":{"type":"quniform","lower":0.5,"upper":1,"q":0.25}}}""";

    assertThat(taken("{}", space.formatted("null")).tuning().orElseThrow().maxTrials())
        .isEqualTo(18);
    assertThat(taken("{}", space.formatted("40")).tuning().orElseThrow().maxTrials()).isEqualTo(18);
    assertThat(refused("{}", space.formatted("17"))).containsExactly("tuning.max_trials");
    assertThat(
            refused(
                "{}",
                "{\"search\":\"grid\",\"parameter_space\":{\"gamma\":{\"type\":\"uniform\",\"lower\":0,\"upper\":1}}}"))
        .containsExactly("tuning.parameter_space.gamma.type");
    assertThat(
            refused(
                "{}",
                "{\"search\":\"grid\",\"max_trials\":null,\"parameter_space\":{\"gamma\":{\"type\":\"randint\",\"lower\":0,\"upper\":1001}}}"))
        .containsExactly("tuning.max_trials");
  }

  @Test
  void know_what_does_not_go_together() {
    assertThat(
            refused(
                "{\"dataset\":null,\"features\":{\"entity_source\":\"s3://datasets/acme/f.parquet\",\"timestamp_column\":\"at\",\"feature_service\":\"f\"},\"split\":{\"strategy\":\"time\"}}",
                "{\"validation\":{\"folds\":3}}"))
        .containsExactly("tuning.validation.folds");
    assertThat(
            refused(
                "{\"task\":\"regression\"}",
                "{\"metric\":\"rmse\",\"parameter_space\":{\"scale_pos_weight\":{\"type\":\"uniform\",\"lower\":1,\"upper\":2}}}"))
        .containsExactly("tuning.parameter_space.scale_pos_weight");
  }

  @Test
  void tell_the_training_code_everything() {
    TrainingSpecification specification =
        taken(
            "{}",
            """
            {"scheduler":{"type":"asha","grace_period":5},"validation":{"folds":4},
             "budget":{"wall_time":"PT1H","cpu_seconds":100}}""");

    assertThat(
            TuningDocument.of(
                specification.tuning().orElseThrow(), S3Uri.of("s3://checkpoints/acme/sweep")))
        .isEqualTo(
            Map.ofEntries(
                Map.entry("search", "bayesian"),
                Map.entry("metric", "auc"),
                Map.entry("max_trials", 20),
                Map.entry("max_concurrent_trials", 2),
                Map.entry("seed", 42L),
                Map.entry(
                    "scheduler", Map.of("type", "asha", "grace_period", 5, "reduction_factor", 3)),
                Map.entry("budget", Map.of("wall_seconds", 3600L, "cpu_seconds", 100.0)),
                Map.entry("folds", 4),
                Map.entry(
                    "parameter_space",
                    Map.of("max_depth", Map.of("type", "randint", "lower", 2.0, "upper", 8.0))),
                Map.entry("uri", "s3://checkpoints/acme/sweep")));
  }
}
