package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.fixture.FakeServingRouter;
import ai.matih.ml.registry.fixture.FakeVersionJobs;
import ai.matih.ml.registry.fixture.InMemory.DirectTransactions;
import ai.matih.ml.registry.fixture.InMemory.RememberingAudit;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.fixture.UseCases;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.util.unit.DataSize;

/** The use cases of evidence on the stores in memory, with one model and one version. */
final class EvidenceWorld {

  static final Tenant TENANT = new Tenant("acme");
  static final EvidenceSettings SETTINGS =
      new EvidenceSettings(
          DataSize.ofMegabytes(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(3),
          Duration.ofSeconds(5));

  final FakeServingRouter router = new FakeServingRouter();
  final FakeVersionJobs jobs = new FakeVersionJobs();
  final RememberingAudit audit = new RememberingAudit();
  final List<ModelId> told = new ArrayList<>();
  private final DirectTransactions plain = new DirectTransactions();
  private final Clock clock = Clock.fixed(Samples.START.plusSeconds(3600), ZoneOffset.UTC);
  final UseCases use = new UseCases(router, audit, plain, clock);
  private final Reports reports = new Reports(use.bundles);
  final RecordEvidence record =
      new RecordEvidence(use.find, use.evidence, reports, List.of(told::add), use.transactions);
  private final PlanValidation plan =
      new PlanValidation(use.models, use.versions, use.examinations, () -> {});
  final RequestValidation request =
      new RequestValidation(use.find, use.versions, plan, List.of(told::add), use.transactions);
  final ValidateVersion validate =
      new ValidateVersion(
          new StoredOnnx(use.bundles, SETTINGS),
          router,
          record,
          use.versions,
          use.find,
          use.examinations,
          use.transactions);
  final ExamineOnRay examine =
      new ExamineOnRay(use.examinations, use.find, jobs, record, use.transactions, SETTINGS);
  final PlayGoldenRows golden = new PlayGoldenRows(use.bundles, router, record);

  EvidenceWorld(String policy) {
    use.models.add(
        Samples.model(),
        new PolicyRevision(
            Samples.MODEL, 1, Json.read(policy, Policy.class), "user:owner", Samples.START));
  }

  /** A version of a good bundle, whose checks are yet to be made. */
  ModelVersion registered(Map<String, byte[]> files) {
    BundleFiles bundle = use.bundles.put(files);
    ModelVersion version =
        Samples.validated(
            Samples.of(Samples.version(1, Stage.DEVELOPMENT), bundle),
            Validation.PENDING,
            OnnxStatus.UNVERIFIED,
            Samples.START);
    use.versions.add(version);
    return version;
  }

  ModelVersion registered() {
    return registered(TestBundles.good("x"));
  }

  ModelVersion version() {
    return use.find.version(Samples.MODEL, 1);
  }

  /** The latest evidence of a kind. */
  Optional<Evidence> latest(String kind) {
    return use.evidence.of(Samples.MODEL, version().number()).stream()
        .filter(one -> one.kind().equals(kind))
        .reduce((_, later) -> later);
  }

  static <T> T here(Supplier<T> work) {
    return TenantScope.call(TENANT, work);
  }

  static void run(Runnable work) {
    TenantScope.run(TENANT, work);
  }
}
