package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.RollBackProduction;
import ai.matih.ml.registry.emergency.Rollback;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.fixture.FakeServingRouter;
import ai.matih.ml.registry.fixture.InMemory.DirectTransactions;
import ai.matih.ml.registry.fixture.InMemory.MemoryEvidence;
import ai.matih.ml.registry.fixture.InMemory.MemoryHistory;
import ai.matih.ml.registry.fixture.InMemory.MemoryModels;
import ai.matih.ml.registry.fixture.InMemory.MemoryOverrides;
import ai.matih.ml.registry.fixture.InMemory.MemoryRollbacks;
import ai.matih.ml.registry.fixture.InMemory.MemoryTransitions;
import ai.matih.ml.registry.fixture.InMemory.MemoryVersions;
import ai.matih.ml.registry.fixture.InMemory.RememberingAudit;
import ai.matih.ml.registry.fixture.InMemory.RememberingEvents;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.fixture.UseCases;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** One model with its use cases, all in memory, at a time that the test moves. */
public final class World {

  public static final Tenant TENANT = new Tenant("acme");
  public static final Requester ALICE = new Requester("user:alice", false);
  public static final Requester OWNER = new Requester("user:owner", false);
  public static final String POLICY =
      "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"drain\":{\"quiet_period\":\"PT1M\"}}";

  private Instant now = Samples.START.plusSeconds(3600);
  public final RememberingAudit audit = new RememberingAudit();
  public final FakeServingRouter router = new FakeServingRouter();
  private final UseCases use = new UseCases(router, audit, new DirectTransactions(), new Moving());
  public final MemoryModels models = use.models;
  public final MemoryVersions versions = use.versions;
  public final MemoryEvidence evidence = use.evidence;
  public final MemoryTransitions transitions = use.transitions;
  public final MemoryHistory history = use.history;
  public final MemoryOverrides overrides = use.overrides;
  public final MemoryRollbacks rollbacks = use.rollbacks;
  public final RememberingEvents events = use.events;

  public World() {
    this(POLICY);
  }

  public World(String policy) {
    models.add(
        Samples.model(),
        new PolicyRevision(
            Samples.MODEL, 1, Json.read(policy, Policy.class), "user:owner", Samples.START));
  }

  private final class Moving extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      now = now.plusMillis(1);
      return now;
    }
  }

  public Instant now() {
    return now;
  }

  public void pass(Duration time) {
    now = now.plus(time);
  }

  /** A version that stands in a stage already. */
  public ModelVersion has(int number, Stage stage) {
    ModelVersion version = Samples.version(number, stage);
    versions.add(version);
    history.begin(
        new StagePeriod(
            version.model(),
            version.number(),
            stage,
            false,
            version.stageSince(),
            Optional.empty(),
            Optional.empty(),
            "user:registrar",
            Optional.empty()));
    return version;
  }

  public ModelVersion superseded(int number) {
    ModelVersion version = has(number, Stage.PRODUCTION);
    versions.place(version.model(), version.number(), Stage.PRODUCTION, true, version.stageSince());
    return version;
  }

  public void checked(ModelVersion version) {
    evidence.add(Samples.platform(version, Evidence.PLATFORM_CHECKS, true, now));
  }

  public void played(ModelVersion version) {
    evidence.add(Samples.platform(version, Evidence.PLATFORM_INTEGRATION, true, now));
  }

  public void better(ModelVersion version) {
    router.abTest(
        TENANT.slug(),
        version.model().slug(),
        version.number().value(),
        new AbTest(
            version.bundle().digest(),
            versions.currentProduction(version.model()).map(today -> today.bundle().digest()),
            AbVerdict.BETTER,
            false));
  }

  public Transition promote(Requester who, int version, Stage target) {
    return ask(who, version, target, false);
  }

  public Transition dryRun(Requester who, int version, Stage target) {
    return ask(who, version, target, true);
  }

  private Transition ask(Requester who, int version, Stage target, boolean dryRun) {
    return here(
        () ->
            use.promote.promote(
                Samples.MODEL,
                new PromoteVersion.Request(
                    new VersionNumber(version),
                    target,
                    Optional.of("because"),
                    dryRun,
                    who,
                    Optional.empty())));
  }

  /** Deployed and ready, with a share of the traffic. */
  public void deployed(int version, int weightBps) {
    router.deploy(TENANT.slug(), Samples.MODEL.slug(), version, weightBps);
  }

  public Transition approve(String who, Transition transition) {
    return approve(new Reviewer(who, Optional.empty()), transition);
  }

  public Transition approve(Reviewer who, Transition transition) {
    return here(() -> use.review.approve(Samples.MODEL, transition.id(), who, Optional.empty()));
  }

  /** Asks that the whole model be retired. */
  public Transition retire(Requester who, boolean dryRun) {
    return here(
        () ->
            use.retire.retire(
                Samples.MODEL,
                new RetireModel.Request("Nobody needs it.", dryRun, who, Optional.empty())));
  }

  public void reactivate() {
    here(
        () -> {
          use.retire.reactivate(Samples.MODEL, Optional.of("Needed after all."));
          return true;
        });
  }

  public Transition override(String who, Transition transition) {
    return here(
        () -> use.override.override(Samples.MODEL, transition.id(), who, "Customers wait."));
  }

  public OverrideRecord confirm(String who, Transition transition) {
    return confirm(new Reviewer(who, Optional.empty()), transition);
  }

  public OverrideRecord confirm(Reviewer who, Transition transition) {
    return here(
        () -> use.override.confirm(Samples.MODEL, transition.id(), who, Optional.of("Right so.")));
  }

  /** What the reconciler does with an override. */
  public OverrideRecord lapse(Transition transition) {
    return here(
        () -> {
          use.lapse.advance(overrides.ofTransition(transition.id()).orElseThrow().id());
          return overrides.ofTransition(transition.id()).orElseThrow();
        });
  }

  public RollBackProduction.Result rollBack(Requester who, boolean dryRun, Optional<String> key) {
    return here(
        () ->
            use.rollBack.rollBack(
                Samples.MODEL,
                new RollBackProduction.Request("It answers nonsense.", dryRun, who, key)));
  }

  /** What the reconciler does with a roll-back. */
  public Rollback moveTraffic(Rollback rollback) {
    return here(
        () -> {
          use.traffic.advance(rollback.id());
          return rollbacks.find(rollback.id()).orElseThrow();
        });
  }

  public Transition reject(String who, Transition transition) {
    return here(() -> use.review.reject(Samples.MODEL, transition.id(), who, "not good enough"));
  }

  public Transition cancel(Requester who, Transition transition) {
    return here(() -> use.review.cancel(Samples.MODEL, transition.id(), who, Optional.empty()));
  }

  /** What the reconciler does with an open transition. */
  public Transition settle(UUID id) {
    return here(
        () -> {
          Transition open = transitions.find(id).orElseThrow();
          return use.gate.settle(open, use.askRouter.ask(open));
        });
  }

  /** What a promotion of a version would rest on now. */
  public Facts facts(ModelVersion version) {
    return here(
        () ->
            use.gate.facts(
                dryRun(OWNER, version.number().value(), Stage.ARCHIVED), AskRouter.Answers.NONE));
  }

  public Stage stage(int version) {
    return use.find.version(Samples.MODEL, version).stage();
  }

  private static <T> T here(Supplier<T> work) {
    return TenantScope.call(TENANT, work);
  }
}
