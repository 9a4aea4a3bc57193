package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Measurement;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.InService;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.evidence.TestCounts;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.Evaluation;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Verdict.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each guard says to which facts. */
class GuardTests {

  private static final Instant NOW = Samples.START.plusSeconds(7200);

  private ModelVersion version = Samples.version(2, Stage.STAGING);
  private String policy = "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}]}";
  private List<Evidence> evidence = List.of();
  private List<Evidence> productionEvidence = List.of();
  private Optional<ModelVersion> production = Optional.empty();
  private Reply<Serving> serving = new Reply.Received<>(Serving.NOBODY);
  private Reply<List<AbTest>> abTests = new Reply.Received<>(List.of());
  private Reply<List<ShadowComparison>> shadows = new Reply.Received<>(List.of());

  private Reply<InService> inService = new Reply.Received<>(InService.NOTHING);

  private Facts facts() {
    return new Facts(
        Samples.model(),
        version,
        new PolicyRevision(
            Samples.MODEL, 1, Json.read(policy, Policy.class), "user:owner", Samples.START),
        evidence,
        productionEvidence,
        production,
        Optional.empty(),
        World.ALICE,
        Optional.of("because"),
        List.of(),
        serving,
        abTests,
        shadows,
        new Reply.NotAsked<>(),
        inService,
        NOW);
  }

  private void assertSays(Guard guard, Status status, String reason) {
    Verdict verdict = guard.judge(facts());
    assertThat(verdict.status()).isEqualTo(status);
    assertThat(verdict.reason()).isEqualTo(reason);
    assertThat(verdict.message()).isNotBlank();
  }

  private void auc(double value, String data) {
    version =
        Samples.evaluated(
            version,
            new Evaluation(Optional.of(data), Optional.empty(), Map.of("auc", value)),
            version.provenance());
  }

  @Test
  void no_declared_baseline_is_not_met() {
    policy = "{}";
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "BaselineMissing");
  }

  @ParameterizedTest
  @CsvSource({
    "0.70,MET,BaselineMet",
    "0.6999,NOT_MET,BelowMinimum",
    "0.95,NOT_MET,AboveMaximum",
    "NaN,NOT_MET,MetricMissing",
    "Infinity,NOT_MET,MetricMissing"
  })
  void an_absolute_bar_is_met_or_not(double auc, Status status, String reason) {
    policy = "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7,\"max\":0.9}]}";
    auc(auc, "sha256:d1");
    assertSays(new MetricsMeetBaseline(), status, reason);
  }

  @Test
  void a_metric_that_was_not_measured_is_not_met() {
    policy = "{\"baseline\":[{\"metric\":\"recall\",\"min\":0.1}]}";
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "MetricMissing");
  }

  @Test
  void a_metric_that_is_missing_names_those_that_there_are() {
    policy = "{\"baseline\":[{\"metric\":\"eval.AUC\",\"min\":0.1,\"direction\":\"MAXIMIZE\"}]}";
    Verdict verdict = new MetricsMeetBaseline().judge(facts());
    assertThat(verdict.message())
        .isEqualTo("The version has no metric eval.AUC. There are auc. Is auc meant?");
    assertThat(verdict.details())
        .containsEntry("metrics", List.of("auc"))
        .containsEntry("close", List.of("auc"));
  }

  private Evidence found(String kind, Check... checks) {
    return Evidence.ofPlatform(UUID.randomUUID(), version, kind, List.of(checks), NOW);
  }

  @Test
  void checks_that_were_not_run_are_not_told_as_failed() {
    Check fine = Check.passed("loads", "fine", Map.of());
    evidence = List.of(found(Evidence.PLATFORM_CHECKS, fine, Check.notRun("latency", "Too busy.")));
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "ChecksNotRun");
    assertThat(new PlatformChecksPassed().judge(facts()).message())
        .contains("could not be made", "latency", "Too busy.");
    evidence =
        List.of(
            found(
                Evidence.PLATFORM_CHECKS,
                Check.failed("loads", "broken"),
                Check.notRun("latency", "Too busy.")));
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "ChecksFailed");
    assertThat(new PlatformChecksPassed().judge(facts()).message())
        .contains("loads")
        .doesNotContain("latency");
  }

  @Test
  void an_onnx_that_differs_bars_the_engine_and_says_so() {
    evidence =
        List.of(found(Evidence.PLATFORM_CHECKS, Check.failed("golden_rows", "3 of 60 differ.")));
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "ChecksFailed");
    version =
        Samples.validated(
            version, version.validation(), OnnxStatus.MISMATCH, version.validationRequestedAt());
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "NoEngine");
  }

  @Test
  void integration_tests_that_were_not_run_are_not_told_as_failed() {
    evidence =
        List.of(found(Evidence.PLATFORM_INTEGRATION, Check.notRun("golden_rows", "Only 3 rows.")));
    assertSays(new IntegrationTestsPassed(), Status.NOT_MET, "TestsNotRun");
    evidence =
        List.of(found(Evidence.PLATFORM_INTEGRATION, Check.failed("golden_rows", "3 differ.")));
    assertSays(new IntegrationTestsPassed(), Status.NOT_MET, "TestsFailed");
  }

  @ParameterizedTest
  @CsvSource({
    "PASSED,PASSED,PASSED",
    "PASSED,FAILED,FAILED",
    "PASSED,NOT_RUN,NOT_RUN",
    "NOT_RUN,FAILED,FAILED",
    "NOT_RUN,NOT_RUN,NOT_RUN"
  })
  void a_report_of_the_platform_fails_only_when_a_check_failed(
      Outcome one, Outcome other, Outcome all) {
    Evidence report = found("x", new Check("a", one, "a", null), new Check("b", other, "b", null));
    assertThat(report.outcome()).isEqualTo(all);
    assertThat(report.counts().total()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"false,NOT_MET,SelfReported", "true,MET,BaselineMet"})
  void self_reported_metrics_count_only_where_the_policy_says_so(
      boolean accepted, Status status, String reason) {
    policy =
        "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"accept_self_reported_metrics\":%s}"
            .formatted(accepted);
    version = Samples.evaluated(version, Samples.evaluation(0.99), Provenance.SELF_REPORTED);
    assertSays(new MetricsMeetBaseline(), status, reason);
  }

  @ParameterizedTest
  @CsvSource({
    "MAXIMIZE,0.80,0.80,MET,BaselineMet",
    "MAXIMIZE,0.79,0.80,MET,BaselineMet",
    "MAXIMIZE,0.78,0.80,NOT_MET,WorseThanProduction",
    "MINIMIZE,0.81,0.80,MET,BaselineMet",
    "MINIMIZE,0.83,0.80,NOT_MET,WorseThanProduction",
    "MINIMIZE,0.10,0.80,MET,BaselineMet"
  })
  void the_relative_bar_knows_the_direction(
      String direction, double value, double today, Status status, String reason) {
    policy =
        "{\"baseline\":[{\"metric\":\"auc\",\"direction\":\"%s\",\"not_worse_than_production\":{\"tolerance\":0.015}}]}"
            .formatted(direction);
    auc(value, "sha256:d1");
    production =
        Optional.of(
            Samples.evaluated(
                Samples.version(1, Stage.PRODUCTION),
                Samples.evaluation(today),
                Provenance.PLATFORM_TRAINED));
    assertSays(new MetricsMeetBaseline(), status, reason);
  }

  private static final String DATA = "sha256:" + "d".repeat(64);
  private static final String EVALUATED =
      """
      {"baseline":[{"metric":"auc","min":0.7,"not_worse_than_production":{"tolerance":0.01}}],
       "evaluation":{"dataset":"dataset:flights@%s","target_column":"late"}}\
      """
          .formatted(DATA);

  private static Evidence measured(ModelVersion about, String data, double auc) {
    return Evidence.ofPlatform(
        UUID.randomUUID(),
        about,
        Evidence.PLATFORM_EVALUATION,
        List.of(
            new Measurement(
                    "job-1",
                    "dataset:flights@" + data,
                    data,
                    "late",
                    1000,
                    Map.of("auc", auc),
                    "onnxruntime")
                .check()),
        NOW);
  }

  private static Evidence notMeasured(ModelVersion about) {
    return Evidence.ofPlatform(
        UUID.randomUUID(),
        about,
        Evidence.PLATFORM_EVALUATION,
        Measurement.notMade("there is no column 'late' in the data"),
        NOW);
  }

  @Test
  void with_evaluation_data_only_the_platforms_own_measurement_on_it_counts() {
    policy = EVALUATED;
    auc(0.99, DATA);
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "NotEvaluated");
    evidence = List.of(notMeasured(version));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "EvaluationFailed");
    assertThat(new MetricsMeetBaseline().judge(facts()).message()).contains("no column 'late'");
    evidence = List.of(measured(version, "sha256:" + "e".repeat(64), 0.99));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "NotEvaluated");
    evidence = List.of(measured(Samples.version(9, Stage.STAGING), DATA, 0.99));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "NotEvaluated");
    evidence = List.of(measured(version, DATA, 0.69));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "BelowMinimum");
    evidence = List.of(notMeasured(version), measured(version, DATA, 0.71));
    assertSays(new MetricsMeetBaseline(), Status.MET, "BaselineMet");
    assertThat(new MetricsMeetBaseline().judge(facts()).evidence())
        .containsExactly(evidence.getLast().id());
  }

  @Test
  void an_uploaded_report_of_that_name_is_no_measurement() {
    policy = EVALUATED;
    Evidence real = measured(version, DATA, 0.99);
    evidence =
        List.of(
            new Evidence(
                real.id(),
                real.model(),
                real.version(),
                real.kind(),
                Evidence.Source.UPLOADED,
                real.format(),
                real.outcome(),
                real.counts(),
                real.checks(),
                real.artifact(),
                real.report(),
                real.reportBytes(),
                real.note(),
                "user:mallory",
                real.recordedAt()));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "NotEvaluated");
  }

  @Test
  void a_self_reported_version_counts_by_what_the_platform_measured_of_it() {
    policy = EVALUATED;
    version = Samples.evaluated(version, Samples.evaluation(0.1), Provenance.SELF_REPORTED);
    evidence = List.of(measured(version, DATA, 0.9));
    assertSays(new MetricsMeetBaseline(), Status.MET, "BaselineMet");
  }

  @Test
  void production_is_compared_by_its_measurement_on_the_same_data() {
    policy = EVALUATED;
    evidence = List.of(measured(version, DATA, 0.80));
    ModelVersion today = Samples.version(1, Stage.PRODUCTION);
    production = Optional.of(today);
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "NotEvaluated");
    productionEvidence = List.of(measured(today, DATA, 0.85));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "WorseThanProduction");
    productionEvidence = List.of(measured(today, DATA, 0.805));
    assertSays(new MetricsMeetBaseline(), Status.MET, "BaselineMet");
    assertThat(new MetricsMeetBaseline().judge(facts()).evidence())
        .containsExactly(evidence.getFirst().id(), productionEvidence.getFirst().id());
  }

  @Test
  void tests_of_a_package_count_as_the_report_that_a_policy_asks_for() {
    policy = "{\"required_tests\":[\"bias_tests\"]}";
    evidence = List.of(Samples.fromPackage(version, "bias_tests", new TestCounts(3, 0, 0, 1), NOW));
    assertSays(RequiredReportsPassed.beforeStaging(), Status.MET, "ReportsPassed");
    evidence =
        List.of(
            evidence.getFirst(),
            Samples.uploaded(version, "bias_tests", new TestCounts(0, 1, 0, 0), NOW));
    assertSays(RequiredReportsPassed.beforeStaging(), Status.NOT_MET, "TestsFailed");
    evidence =
        List.of(
            evidence.getLast(),
            Samples.fromPackage(version, "bias_tests", new TestCounts(0, 0, 0, 2), NOW));
    assertSays(RequiredReportsPassed.beforeStaging(), Status.NOT_MET, "NothingExecuted");
  }

  @Test
  void two_versions_compare_only_on_the_same_data() {
    policy = "{\"baseline\":[{\"metric\":\"auc\",\"not_worse_than_production\":{}}]}";
    auc(0.99, "sha256:other");
    production = Optional.of(Samples.version(1, Stage.PRODUCTION));
    assertSays(new MetricsMeetBaseline(), Status.NOT_MET, "OtherData");
    production = Optional.empty();
    assertSays(new MetricsMeetBaseline(), Status.MET, "BaselineMet");
  }

  @Test
  void platform_checks_count_only_for_these_files_and_the_latest_decides() {
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "NotChecked");
    evidence =
        List.of(
            Samples.platform(
                Samples.version(9, Stage.STAGING), Evidence.PLATFORM_CHECKS, true, NOW));
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "NotChecked");
    Evidence passed = Samples.platform(version, Evidence.PLATFORM_CHECKS, true, NOW);
    Evidence failed = Samples.platform(version, Evidence.PLATFORM_CHECKS, false, NOW);
    evidence = List.of(failed, passed);
    assertSays(new PlatformChecksPassed(), Status.MET, "ChecksPassed");
    evidence = List.of(passed, failed);
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "ChecksFailed");
    version = Samples.validated(version, Validation.PENDING, OnnxStatus.VERIFIED, NOW);
    evidence = List.of(passed);
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "ChecksRunning");
  }

  @Test
  void an_uploaded_report_cannot_stand_in_for_the_platforms_own() {
    evidence =
        List.of(
            Samples.uploaded(version, Evidence.PLATFORM_CHECKS, new TestCounts(5, 0, 0, 0), NOW));
    assertSays(new PlatformChecksPassed(), Status.NOT_MET, "NotChecked");
  }

  @Test
  void required_reports_must_have_run_and_passed() {
    Guard guard = RequiredReportsPassed.beforeStaging();
    assertSays(guard, Status.NOT_APPLICABLE, "NoneRequired");
    policy = "{\"required_tests\":[\"unit_tests\",\"integration_tests\"]}";
    assertSays(guard, Status.NOT_MET, "ReportMissing");
    evidence = List.of(Samples.uploaded(version, "unit_tests", new TestCounts(0, 0, 0, 3), NOW));
    assertSays(guard, Status.NOT_MET, "NothingExecuted");
    evidence = List.of(Samples.uploaded(version, "unit_tests", new TestCounts(9, 1, 0, 0), NOW));
    assertSays(guard, Status.NOT_MET, "TestsFailed");
    evidence = List.of(Samples.uploaded(version, "unit_tests", new TestCounts(9, 0, 0, 1), NOW));
    assertSays(guard, Status.MET, "ReportsPassed");
    assertThat(guard.judge(facts()).evidence()).containsExactly(evidence.getFirst().id());
    assertSays(RequiredReportsPassed.beforeProduction(), Status.NOT_MET, "ReportMissing");
  }

  @Test
  void integration_tests_need_the_version_deployed() {
    Guard guard = new IntegrationTestsPassed();
    assertSays(guard, Status.NOT_MET, "NotDeployed");
    serving =
        new Reply.Received<>(
            new Serving(true, List.of("d"), 0, true, 0, List.of(), Optional.empty()));
    assertSays(guard, Status.NOT_MET, "TestsRunning");
    serving = new Reply.Unavailable<>("away");
    assertSays(guard, Status.UNKNOWN, "NoAnswer");
    evidence = List.of(Samples.platform(version, Evidence.PLATFORM_INTEGRATION, false, NOW));
    assertSays(guard, Status.NOT_MET, "TestsFailed");
    evidence = List.of(Samples.platform(version, Evidence.PLATFORM_INTEGRATION, true, NOW));
    assertSays(guard, Status.MET, "TestsPassed");
    version = Samples.validated(version, Validation.DONE, OnnxStatus.VERIFIED, NOW.plusSeconds(1));
    assertSays(guard, Status.UNKNOWN, "NoAnswer");
  }

  private void tests(AbTest... tests) {
    production = Optional.of(Samples.version(1, Stage.PRODUCTION));
    abTests = new Reply.Received<>(List.of(tests));
  }

  @Test
  void a_live_test_is_not_applicable_to_the_first_version() {
    abTests = new Reply.Unavailable<>("away");
    assertSays(new AbTestShowsImprovement(), Status.NOT_APPLICABLE, "NoProduction");
  }

  @ParameterizedTest
  @EnumSource(AbVerdict.class)
  void only_an_accepted_verdict_opens_the_gate(AbVerdict verdict) {
    tests(test(verdict));
    switch (verdict) {
      case BETTER -> assertSays(new AbTestShowsImprovement(), Status.MET, "Improved");
      case NONE -> assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "NotTested");
      case WORSE -> assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "Worse");
      case NOT_WORSE, INCONCLUSIVE ->
          assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "NoImprovement");
      case INVALID -> assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "TestInvalid");
    }
  }

  @Test
  void the_policy_may_accept_not_worse_but_nothing_makes_up_for_worse() {
    policy = "{\"ab_test\":{\"accept\":[\"BETTER\",\"NOT_WORSE\"]}}";
    tests(test(AbVerdict.NOT_WORSE));
    assertSays(new AbTestShowsImprovement(), Status.MET, "Improved");
    tests(test(AbVerdict.BETTER), test(AbVerdict.WORSE));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "Worse");
  }

  private AbTest test(AbVerdict verdict) {
    return new AbTest(version.bundle().digest(), Optional.of(todays()), verdict, false);
  }

  private static Digest todays() {
    return Samples.version(1, Stage.PRODUCTION).bundle().digest();
  }

  @ParameterizedTest
  @EnumSource(AbVerdict.class)
  void a_live_test_against_another_production_counts_neither_for_nor_against(AbVerdict verdict) {
    Digest mine = version.bundle().digest();
    tests(new AbTest(mine, Optional.of(Digest.of("former")), verdict, false));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "OtherProduction");
  }

  @Test
  void a_live_test_that_goes_on_is_waited_for_and_counts_as_soon_as_it_says_so() {
    Digest mine = version.bundle().digest();
    tests(new AbTest(mine, Optional.empty(), AbVerdict.NONE, true), test(AbVerdict.INCONCLUSIVE));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "TestRunning");
    tests(new AbTest(mine, Optional.of(todays()), AbVerdict.NONE, true));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "TestRunning");
    tests(new AbTest(mine, Optional.of(todays()), AbVerdict.BETTER, true));
    assertSays(new AbTestShowsImprovement(), Status.MET, "Improved");
    tests(new AbTest(mine, Optional.of(Digest.of("former")), AbVerdict.NONE, true));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "OtherProduction");
  }

  private ShadowComparison seen(long rows, long unanswered, double agreement, double shift) {
    return seen(10_000, rows, rows, unanswered, 0, agreement, shift);
  }

  private ShadowComparison seen(
      int sampleBps,
      long rows,
      long answers,
      long unanswered,
      long dropped,
      double agreement,
      double shift) {
    return new ShadowComparison(
        version.bundle().digest(),
        new VersionNumber(1),
        sampleBps,
        rows,
        answers,
        unanswered,
        dropped,
        Optional.of(agreement),
        Optional.of(shift));
  }

  private void shadows(ShadowComparison... seen) {
    policy = "{\"shadow\":{\"min_rows\":100,\"min_agreement\":0.9,\"max_mean_score_shift\":0.1}}";
    production = Optional.of(Samples.version(1, Stage.PRODUCTION));
    shadows = new Reply.Received<>(List.of(seen));
  }

  @Test
  void a_shadow_is_asked_for_by_the_policy_alone_and_only_beside_production() {
    shadows = new Reply.Unavailable<>("away");
    assertSays(new ShadowAgrees(), Status.NOT_APPLICABLE, "NoneRequired");
    policy = "{\"shadow\":{\"min_rows\":1}}";
    assertSays(new ShadowAgrees(), Status.NOT_APPLICABLE, "NoProduction");
    production = Optional.of(Samples.version(1, Stage.PRODUCTION));
    assertSays(new ShadowAgrees(), Status.UNKNOWN, "NoAnswer");
  }

  @Test
  void a_shadow_of_exactly_these_files_beside_todays_production_counts() {
    shadows();
    assertSays(new ShadowAgrees(), Status.NOT_MET, "NotShadowed");
    ShadowComparison good = seen(100, 0, 0.9, 0.1);
    ShadowComparison ofOthers =
        new ShadowComparison(
            Digest.of("others"),
            good.with(),
            10_000,
            100,
            100,
            0,
            0,
            good.agreement(),
            good.meanScoreShift());
    shadows(ofOthers);
    assertSays(new ShadowAgrees(), Status.NOT_MET, "NotShadowed");
    shadows(
        ofOthers,
        new ShadowComparison(
            good.digest(),
            new VersionNumber(7),
            10_000,
            100,
            100,
            0,
            0,
            good.agreement(),
            good.meanScoreShift()));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "OtherProduction");
    shadows(good);
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    shadows(seen(5, 0, 1, 0), good);
    assertSays(new ShadowAgrees(), Status.NOT_MET, "TooFewRows");
  }

  @Test
  void a_shadow_that_differed_is_not_forgotten_when_it_ends() {
    ShadowComparison good = seen(1_000, 0, 1, 0);
    shadows(good, seen(100, 0, 0.89, 0));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "Disagrees");
    shadows(good, good, seen(1, 100, 100, 0, 0, 1, 0.11));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "Shifted");
    shadows(good, seen(99, 0, 0, 1));
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    shadows(seen(100, 0, 1, 0), seen(99, 0, 0.5, 0), seen(99, 0, 0.5, 0));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "Disagrees");
    assertThat(new ShadowAgrees().judge(facts()).details())
        .as("all together")
        .containsEntry("rows", 298L);
  }

  @Test
  void nobody_chooses_what_a_shadow_is_compared_on() {
    shadows(seen(9_999, 100, 100, 0, 0, 1, 0));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "SmallSample");
    policy = "{\"shadow\":{\"min_rows\":100,\"min_sample_bps\":5000}}";
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    shadows(seen(10_000, 1_000_000, 99, 0, 0, 1, 0));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "TooFewRequests");
    policy = "{\"shadow\":{\"min_rows\":100,\"min_requests\":99}}";
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    policy = "{\"shadow\":{\"min_rows\":20}}";
    shadows = new Reply.Received<>(List.of(seen(20, 0, 1, 0)));
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    shadows(seen(10_000, 1_000, 1_000, 5, 6, 1, 0));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "Unanswered");
    shadows(seen(10_000, 1_000, 1_000, 4, 6, 1, 0));
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    assertThat(new ShadowAgrees().judge(facts()).details())
        .containsEntry("sample_bps", 10_000)
        .containsEntry("requests", 1_000L)
        .containsEntry("unanswered", 4L)
        .containsEntry("dropped", 6L);
  }

  @ParameterizedTest
  @CsvSource({
    "99,0,1,0,TooFewRows",
    "0,50,1,0,TooFewRows",
    "100,2,1,0,Unanswered",
    "100,0,0.8999,0,Disagrees",
    "100,0,1,0.1001,Shifted"
  })
  void a_shadow_that_shows_too_little_or_differs_is_not_met(
      long rows, long unanswered, double agreement, double shift, String reason) {
    shadows(seen(rows, unanswered, agreement, shift));
    assertSays(new ShadowAgrees(), Status.NOT_MET, reason);
  }

  @Test
  void the_policy_says_what_share_of_copies_may_have_no_answer() {
    shadows(seen(100, 100, 1, 0));
    policy = "{\"shadow\":{\"min_rows\":100,\"max_unanswered_share\":0.5}}";
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
    shadows(seen(100, 101, 1, 0));
    policy = "{\"shadow\":{\"min_rows\":100,\"max_unanswered_share\":0.5}}";
    assertSays(new ShadowAgrees(), Status.NOT_MET, "Unanswered");
  }

  @Test
  void numbers_have_no_agreement() {
    shadows(
        new ShadowComparison(
            version.bundle().digest(),
            new VersionNumber(1),
            10_000,
            100,
            100,
            0,
            0,
            Optional.empty(),
            Optional.of(0.01)));
    assertSays(new ShadowAgrees(), Status.NOT_MET, "NoClasses");
    policy = "{\"shadow\":{\"min_rows\":100,\"max_mean_score_shift\":0.1}}";
    assertSays(new ShadowAgrees(), Status.MET, "Agrees");
  }

  @Test
  void the_newest_live_test_says_what_to_do_next() {
    tests(test(AbVerdict.INVALID), test(AbVerdict.INCONCLUSIVE));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "TestInvalid");
    tests(test(AbVerdict.INCONCLUSIVE), test(AbVerdict.INVALID));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "NoImprovement");
  }

  @Test
  void a_live_test_of_other_files_and_a_silent_router_open_nothing() {
    tests(new AbTest(Digest.of("other"), Optional.of(todays()), AbVerdict.BETTER, false));
    assertSays(new AbTestShowsImprovement(), Status.NOT_MET, "NotTested");
    abTests = new Reply.Unavailable<>("away");
    assertSays(new AbTestShowsImprovement(), Status.UNKNOWN, "NoAnswer");
    abTests = new Reply.NotAsked<>();
    assertSays(new AbTestShowsImprovement(), Status.UNKNOWN, "NoAnswer");
  }

  @ParameterizedTest
  @CsvSource({
    "0,true,0,'',-1,MET,Drained",
    "1,true,0,'',-1,NOT_MET,HasWeight",
    "0,false,0,'',-1,NOT_MET,NotAcknowledged",
    "0,true,1,'',-1,NOT_MET,InFlight",
    "0,true,0,user:batch,-1,NOT_MET,PinnedCallers",
    "0,true,0,user:batch,59,NOT_MET,PinnedCallers",
    "0,true,0,user:batch,60,MET,Drained",
    "0,true,0,'',59,NOT_MET,NotQuiet",
    "0,true,0,'',60,MET,Drained"
  })
  void a_drain_needs_every_proof(
      int weight,
      boolean acknowledged,
      int inFlight,
      String pinned,
      int secondsQuiet,
      Status status,
      String reason) {
    serving =
        new Reply.Received<>(
            new Serving(
                true,
                List.of("d"),
                weight,
                acknowledged,
                inFlight,
                pinned.isEmpty() ? List.of() : List.of(pinned),
                secondsQuiet < 0 ? Optional.empty() : Optional.of(NOW.minusSeconds(secondsQuiet))));
    assertSays(new TrafficDrained(), status, reason);
  }

  @Test
  void a_version_is_retired_only_when_another_took_over() {
    version = Samples.version(2, Stage.PRODUCTION);
    production = Optional.of(version);
    assertSays(new NewerVersionInProduction(), Status.NOT_MET, "StillProduction");
    production = Optional.of(Samples.version(3, Stage.PRODUCTION));
    version = Samples.placed(version, Stage.PRODUCTION, true, NOW);
    assertSays(new NewerVersionInProduction(), Status.MET, "Superseded");
  }
}
