package ai.matih.ml.registry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.artifact.ArtifactSettings;
import ai.matih.ml.registry.artifact.FetchBundle;
import ai.matih.ml.registry.artifact.LoggedModelId;
import ai.matih.ml.registry.artifact.LoggedModels.LoggedModel;
import ai.matih.ml.registry.artifact.LoggedModels.RunOutputs;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.fixture.FakeEvaluationDataSets;
import ai.matih.ml.registry.fixture.FakeLoggedModels;
import ai.matih.ml.registry.fixture.FakePreparations;
import ai.matih.ml.registry.fixture.FakeRunArtifacts;
import ai.matih.ml.registry.fixture.FakeServingRouter;
import ai.matih.ml.registry.fixture.FakeTrainingJobs;
import ai.matih.ml.registry.fixture.InMemory.DirectTransactions;
import ai.matih.ml.registry.fixture.InMemory.SilentAudit;
import ai.matih.ml.registry.fixture.MemoryStoredFiles;
import ai.matih.ml.registry.fixture.MemoryWords;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.fixture.UseCases;
import ai.matih.ml.registry.model.AddVersion.Added;
import ai.matih.ml.registry.model.AddVersion.Request;
import ai.matih.ml.registry.model.TrainingJobs.TrainingJob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** What becomes of a model that somebody names as a version. */
class AddVersionTests {

  private static final Tenant ACME = new Tenant("acme");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-30T09:00:00Z"), ZoneOffset.UTC);
  private static final RunId RUN = new RunId("0".repeat(31) + "1");
  private static final LoggedModelId FIRST = new LoggedModelId("m-" + "a".repeat(32));
  private static final LoggedModelId SECOND = new LoggedModelId("m-" + "b".repeat(32));
  private static final Map<String, byte[]> LOGGED =
      Map.of("MLmodel", TestBundles.utf8("flavors: {sklearn: {}}"), "model.pkl", new byte[] {1});

  private final UseCases store =
      new UseCases(new FakeServingRouter(), new SilentAudit(), new DirectTransactions(), CLOCK);
  private final FakeRunArtifacts runs = new FakeRunArtifacts();
  private final FakeLoggedModels logged = new FakeLoggedModels();
  private final FakePreparations preparations = new FakePreparations();
  private final FakeTrainingJobs jobs = new FakeTrainingJobs();
  private final MemoryWords words = new MemoryWords();
  private final MemoryStoredFiles stored = new MemoryStoredFiles(CLOCK, Duration.ofDays(1));
  private final FetchBundle bundles =
      new FetchBundle(
          runs,
          store.bundles,
          stored,
          new ArtifactSettings("models", 100, DataSize.ofMegabytes(2), DataSize.ofKilobytes(64)));
  private final RegisterVersion register =
      new RegisterVersion(
          store.find,
          store.versions,
          store.removals,
          new InspectRun(runs, bundles, jobs, CLOCK),
          words,
          List.of(),
          store.transactions);
  private final AddVersion add =
      new AddVersion(
          store.find,
          store.versions,
          register,
          runs,
          logged,
          bundles,
          stored,
          store.removals,
          new FakeEvaluationDataSets(),
          preparations,
          words,
          store.transactions);
  private final ModelId model = new ModelId("prices");

  @BeforeEach
  void given() {
    store.models.add(
        new Model(
            model,
            "Prices",
            Optional.empty(),
            Task.CLASSIFICATION,
            Optional.empty(),
            Map.of(),
            "user:alice",
            CLOCK.instant(),
            CLOCK.instant(),
            Optional.empty()),
        new PolicyRevision(model, 1, Policy.UNDECLARED, "user:alice", CLOCK.instant()));
    runs.put("acme", RUN.value(), "FINISHED", Map.of(), Map.of());
    model(FIRST, "first", true);
    logged.put(RUN, new RunOutputs(List.of(FIRST), Map.of("auc", 0.9)));
  }

  private void model(LoggedModelId id, String name, boolean ready) {
    logged.put(new LoggedModel(id, name, "7", ready, Optional.of(RUN)), LOGGED);
  }

  private static Request of(Optional<RunId> run, Optional<LoggedModelId> id, Optional<String> uri) {
    return new Request(
        run, id, uri, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Request ofRun() {
    return of(Optional.of(RUN), Optional.empty(), Optional.empty());
  }

  private static Request ofUri(String uri) {
    return of(Optional.empty(), Optional.empty(), Optional.of(uri));
  }

  private Added add(Request request) {
    return TenantScope.call(ACME, () -> add.add(model, request, "user:bob"));
  }

  private Problem refusal(Request request) {
    return catchThrowableOfType(Problem.class, () -> add(request));
  }

  @Test
  void a_run_with_one_logged_model_is_prepared_by_a_job() {
    assertThat(add(ofRun()))
        .isInstanceOfSatisfying(
            Added.ByJob.class, job -> assertThat(job.preparation().status()).isEqualTo("queued"));

    Preparations.Request asked = preparations.asked().getFirst();
    assertThat(asked.files().digest()).isEqualTo(FakeRunArtifacts.digest(LOGGED));
    assertThat(asked.metrics()).containsExactly(Map.entry("auc", 0.9));
    assertThat(asked.origin())
        .containsEntry("logged_model_id", FIRST.value())
        .containsEntry("run_id", RUN.value());
    assertThat(asked.requestedBy()).isEqualTo("user:bob");
    assertThat(store.bundles.files(asked.files().digest())).containsKey("model.pkl");
  }

  @Test
  void every_way_to_name_a_model_is_the_same_job() {
    add(ofRun());
    add(of(Optional.empty(), Optional.of(FIRST), Optional.empty()));
    add(ofUri("models:/" + FIRST));
    add(ofUri("runs:/" + RUN + "/first"));

    assertThat(preparations.asked()).hasSize(1);
    assertThat(refusal(ofUri("models:/prices/3")).error()).isEqualTo(CommonError.INVALID_REQUEST);
    assertThat(refusal(of(Optional.of(RUN), Optional.of(FIRST), Optional.empty())).error())
        .isEqualTo(CommonError.INVALID_REQUEST);
    assertThat(refusal(of(Optional.empty(), Optional.empty(), Optional.empty())).error())
        .isEqualTo(CommonError.INVALID_REQUEST);
  }

  @Test
  void several_models_of_a_run_are_named() {
    model(SECOND, "second", true);
    logged.put(RUN, new RunOutputs(List.of(FIRST, SECOND), Map.of()));

    Problem refused = refusal(ofRun());

    assertThat(refused.error()).isEqualTo(RegistryError.RUN_HAS_SEVERAL_MODELS);
    assertThat(refused.getMessage()).contains(FIRST + " (first)", SECOND + " (second)");
    assertThat(add(ofUri("runs:/" + RUN + "/second"))).isInstanceOf(Added.ByJob.class);
  }

  @Test
  void a_model_folder_of_mlflow_in_the_run_is_prepared_too() {
    runs.put("acme", RUN.value(), "FINISHED", Map.of(), LOGGED);

    assertThat(add(ofRun())).isInstanceOf(Added.ByJob.class);
    assertThat(preparations.asked().getFirst().origin()).isEqualTo(Map.of("run_id", RUN.value()));
  }

  @Test
  void a_model_folder_of_a_run_that_goes_on_is_not_prepared() {
    runs.put("acme", RUN.value(), "RUNNING", Map.of(), LOGGED);

    assertThat(refusal(ofRun()).error()).isEqualTo(RegistryError.RUN_NOT_FINISHED);
    assertThat(preparations.asked()).isEmpty();
  }

  @Test
  void a_bundle_of_the_platform_is_registered_at_once() {
    runs.put("acme", RUN.value(), "FINISHED", Map.of(), TestBundles.good("a"));

    assertThat(add(ofRun())).isInstanceOf(Added.Version.class);
    assertThat(preparations.asked()).isEmpty();
  }

  @Test
  void what_was_made_of_the_same_files_is_found_again_until_it_is_gone() {
    add(
        new Request(
            Optional.of(RUN),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("1.2.0"),
            Optional.of("With prices of last year.")));
    Map<String, byte[]> bundle = TestBundles.good("prepared");
    RunId made = new RunId("0".repeat(31) + "2");
    Digest digest = FakeRunArtifacts.digest(bundle);
    runs.put("acme", made.value(), "FINISHED", Map.of(), bundle);
    jobs.put(
        "acme",
        new TrainingJob(
            "job-0",
            true,
            "running",
            Optional.of(new TrainingJobs.Result(made, digest, Evaluation.NONE)),
            Optional.of("user:bob")));
    RegisterVersion.Registered registered =
        TenantScope.call(
            ACME,
            () ->
                register.register(
                    model,
                    new RegisterVersion.Request(
                        made, Optional.of("job-0"), Optional.empty(), Optional.empty()),
                    "service:training-orchestrator"));
    preparations.ends(registered.version().number());

    assertThat(registered.version().provenance()).isEqualTo(Provenance.SELF_REPORTED);
    assertThat(registered.version().evaluation().metric("auc")).contains(0.99);
    assertThat(registered.version().trainedBy()).contains("user:bob");
    assertThat(registered.version().semanticVersion()).contains("1.2.0");
    assertThat(registered.version().description()).contains("With prices of last year.");
    assertThat(add(ofRun()))
        .isInstanceOfSatisfying(
            Added.Version.class, found -> assertThat(found.registered().created()).isFalse());

    preparations.ends(new VersionNumber(77));
    assertThat(add(ofRun())).isInstanceOf(Added.ByJob.class);
    assertThat(preparations.asked()).extracting(Preparations.Request::again).containsExactly(0, 1);
  }

  @Test
  void what_stands_in_the_way_is_said_before_a_job_begins() {
    logged.put(RUN, new RunOutputs(List.of(), Map.of()));
    assertThat(refusal(ofRun()).error()).isEqualTo(RegistryError.RUN_HAS_NO_MODEL);
    assertThat(refusal(of(Optional.empty(), Optional.of(SECOND), Optional.empty())).error())
        .isEqualTo(RegistryError.LOGGED_MODEL_NOT_FOUND);
    model(SECOND, "second", false);
    assertThat(refusal(of(Optional.empty(), Optional.of(SECOND), Optional.empty())).error())
        .isEqualTo(RegistryError.LOGGED_MODEL_NOT_READY);
    assertThat(
            refusal(
                    new Request(
                        Optional.empty(),
                        Optional.of(FIRST),
                        Optional.empty(),
                        Optional.of("dataset:nothing"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .violations())
        .extracting("field")
        .containsExactly("examples");
    assertThat(preparations.asked()).isEmpty();
    preparations.refuses("It has 101 files.");
    assertThat(refusal(ofUri("models:/" + FIRST)).error())
        .isEqualTo(RegistryError.PREPARATION_REFUSED);
  }
}
