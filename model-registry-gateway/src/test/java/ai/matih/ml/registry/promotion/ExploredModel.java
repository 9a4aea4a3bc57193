package ai.matih.ml.registry.promotion;

import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.Rollback;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.fixture.InMemory.MemoryEvidence;
import ai.matih.ml.registry.fixture.InMemory.MemoryHistory;
import ai.matih.ml.registry.fixture.InMemory.MemoryModels;
import ai.matih.ml.registry.fixture.InMemory.MemoryOverrides;
import ai.matih.ml.registry.fixture.InMemory.MemoryRollbacks;
import ai.matih.ml.registry.fixture.InMemory.MemoryTransitions;
import ai.matih.ml.registry.fixture.InMemory.MemoryVersions;
import ai.matih.ml.registry.fixture.InMemory.SilentAudit;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.fixture.UseCases;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One model or two, and their people, as a state of few bits, and the shipped use cases run on it.
 * A state is unfolded into stores in memory, one act is done by the real code, and what is left is
 * folded up again. Times are classes: fresh or past their limit.
 */
@SuppressWarnings("EnumOrdinal") // A state has a stage in two bits.
final class ExploredModel {

  static final List<String> PEOPLE = List.of("user:owner", "user:bob", "user:carol");
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final Instant EARLIER = NOW.minusSeconds(3600);
  private static final Duration WEEKS = Duration.ofDays(14);
  private static final Optional<String> REASON = Optional.of("because");
  private static final Instant LATER = NOW.plus(WEEKS);
  private static final Instant JUST_OVER = NOW.minusSeconds(1);
  private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(8));

  /** Thrown where the process is taken to die. */
  static final class Crash extends Error {
    Crash() {
      super("crash", null, false, false);
    }
  }

  /** The process dies where this many transactions have committed. */
  static final class Steps implements Transactions {
    private int left = Integer.MAX_VALUE;
    private int depth;
    int taken;

    @Override
    public <T> T call(Supplier<T> work) {
      if (depth > 0) {
        return work.get();
      }
      if (left == 0) {
        throw new Crash();
      }
      left -= mayCrash() ? 1 : 0;
      taken++;
      depth++;
      try {
        return work.get();
      } finally {
        depth--;
      }
    }

    boolean mayCrash() {
      return left < Integer.MAX_VALUE;
    }

    void crashAfter(int steps) {
      left = steps;
    }
  }

  /** The router as the state says, without replies where it is asked to lose them. */
  static final class StateRouter implements ServingRouter {
    final int[] served;
    boolean away;
    boolean restored;
    boolean losesReply;
    boolean restoreAsked;
    private final Cast cast;

    private StateRouter(Cast cast, int versions) {
      this.cast = cast;
      served = new int[versions];
    }

    private void requireHere() {
      if (away) {
        throw new EngineFailure.Unavailable("serving-router", "away", Optional.empty());
      }
    }

    @Override
    public List<Check> trial(
        ModelVersion version, Engine engine, String uri, Optional<Duration> budget) {
      throw new AssertionError("nobody tries a version here");
    }

    @Override
    public Serving serving(ModelId model, VersionNumber version) {
      requireHere();
      return SERVED.get(served[cast.index(model, version)]);
    }

    @Override
    public InService inService(ModelId model) {
      throw new AssertionError("nobody deletes a model here");
    }

    @Override
    public List<Answer> predict(
        ModelId model, VersionNumber version, List<Map<String, Object>> rows) {
      throw new AssertionError("nobody predicts here");
    }

    /** By version, of its own model. */
    final List<List<AbTest>> verdicts = new ArrayList<>();

    @Override
    public List<AbTest> abTests(ModelId model, VersionNumber version) {
      requireHere();
      return verdicts.get(cast.index(model, version));
    }

    @Override
    public List<ShadowComparison> shadows(ModelId model) {
      requireHere();
      return List.of();
    }

    @Override
    public long restoreTraffic(ModelId model, VersionNumber version, String reason, UUID restore) {
      restoreAsked = true;
      requireHere();
      int restored = cast.index(model, version);
      if (!this.restored) {
        if (served[restored] == 0) {
          throw new EngineFailure.Refused("serving-router", 409, "not deployed");
        }
        for (int i = 0; i < served.length; i++) {
          if (cast.model(i).equals(model)) {
            served[i] = Math.min(served[i], 1);
          }
        }
        served[restored] = 2;
        this.restored = true;
      }
      if (losesReply) {
        throw new EngineFailure.OutcomeUnknown("serving-router", "lost");
      }
      return 1;
    }

    @Override
    public void stageChanged(ModelId model, VersionNumber version, Stage stage) {}
  }

  private static final List<ServingRouter.Serving> SERVED =
      List.of(
          ServingRouter.Serving.NOBODY,
          new ServingRouter.Serving(true, List.of("d"), 0, true, 0, List.of(), Optional.empty()),
          new ServingRouter.Serving(
              true, List.of("d"), 5000, true, 1, List.of(), Optional.empty()));

  private static PolicyRevision policy(ModelId model, int revision, int approvals) {
    return new PolicyRevision(
        model,
        revision,
        Json.read(
            "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"approvals\":{\"needed\":%d}}"
                .formatted(approvals),
            Policy.class),
        "user:owner",
        Samples.START);
  }

  private static final Audit AUDIT = new SilentAudit();
  private static final int MOST = 6;
  private static final List<ModelId> MODELS = List.of(Samples.MODEL, new ModelId("fraud"));

  /** Who plays: everything about so many models that is the same in all their states. */
  private static final class Cast {
    private final int models;
    private final List<Model> records = new ArrayList<>();
    private final List<List<PolicyRevision>> policies = new ArrayList<>();
    private final List<ModelVersion> versions = new ArrayList<>();

    /** By version, stage and rank. */
    private final ModelVersion[][][] placed = new ModelVersion[MOST][4][4];

    private final StagePeriod[][][] periods = new StagePeriod[MOST][4][4];

    /** By version, kind and outcome. */
    private final Evidence[][][] reports = new Evidence[MOST][2][3];

    /** By version and kind: one that failed before the latest. */
    private final Evidence[][] failedBefore = new Evidence[MOST][2];

    /** By version, checks, integration tests and policy. */
    private final ApprovalBasis[][][][] bases = new ApprovalBasis[MOST][3][3][2];

    Cast(int models) {
      this.models = models;
      for (int m = 0; m < models; m++) {
        ModelId id = MODELS.get(m);
        records.add(Samples.model(id));
        policies.add(List.of(policy(id, 1, 1), policy(id, 2, 2)));
      }
      for (int v = 0; v < MOST; v++) {
        ModelVersion version = Samples.version(model(v), v / models + 1, Stage.DEVELOPMENT);
        versions.add(version);
        for (Stage stage : Stage.values()) {
          for (int rank = 0; rank < 4; rank++) {
            placed[v][stage.ordinal()][rank] =
                Samples.placed(version, stage, rank > 0, EARLIER.minusSeconds(100 - rank));
            periods[v][stage.ordinal()][rank] = period(placed[v][stage.ordinal()][rank]);
          }
        }
        failedBefore[v][0] = Samples.platform(version, Evidence.PLATFORM_CHECKS, false, EARLIER);
        failedBefore[v][1] =
            Samples.platform(version, Evidence.PLATFORM_INTEGRATION, false, EARLIER);
        for (int outcome = 1; outcome <= 2; outcome++) {
          boolean passed = outcome == 2;
          reports[v][0][outcome] =
              Samples.platform(version, Evidence.PLATFORM_CHECKS, passed, EARLIER);
          reports[v][1][outcome] =
              Samples.platform(version, Evidence.PLATFORM_INTEGRATION, passed, EARLIER);
        }
        for (int checks = 0; checks < 3; checks++) {
          for (int integration = 0; integration < 3; integration++) {
            for (PolicyRevision policy : policies.get(v % models)) {
              bases[v][checks][integration][policy.revision() - 1] =
                  ApprovalBasis.of(
                      version.bundle().digest(), policy, reports(v, checks, integration));
            }
          }
        }
      }
    }

    private static StagePeriod period(ModelVersion version) {
      return new StagePeriod(
          version.model(),
          version.number(),
          version.stage(),
          version.superseded(),
          version.stageSince(),
          Optional.empty(),
          Optional.empty(),
          "user:registrar",
          Optional.empty());
    }

    ModelId model(int v) {
      return MODELS.get(v % models);
    }

    int index(ModelId model, VersionNumber number) {
      return (number.value() - 1) * models + MODELS.indexOf(model);
    }

    List<Evidence> reports(int v, int checks, int integration) {
      List<Evidence> all = new ArrayList<>(2);
      if (checks > 0) {
        all.add(reports[v][0][checks]);
      }
      if (integration > 0) {
        all.add(reports[v][1][integration]);
      }
      return all;
    }
  }

  private static final List<Cast> CASTS = List.of(new Cast(1), new Cast(2));

  static ModelId model(int m) {
    return MODELS.get(m);
  }

  static UUID id(int kind, int v, int more) {
    return new UUID(kind, v * 16L + more + 1);
  }

  static final int TO_STAGING = 1;
  static final int TO_PRODUCTION = 2;
  static final int TO_ARCHIVED = 3;

  /** By its ordinal in {@link Stage}. */
  static Stage target(int t) {
    return Stage.values()[t];
  }

  private final ExploredState before;
  private final Cast cast;
  final int count;
  final Steps steps = new Steps();
  final StateRouter router;
  final UseCases use;
  final MemoryModels models;
  final MemoryVersions versions;
  final MemoryEvidence evidence;
  final MemoryTransitions transitions;
  final MemoryHistory history;
  final MemoryOverrides overrides;
  final MemoryRollbacks rollbacks;
  private Instant now = NOW;

  ExploredModel(ExploredState s) {
    before = s;
    count = s.count;
    cast = CASTS.get(s.models - 1);
    router = new StateRouter(cast, count);
    use = new UseCases(router, AUDIT, steps, new Ticking());
    models = use.models;
    versions = use.versions;
    evidence = use.evidence;
    transitions = use.transitions;
    history = use.history;
    overrides = use.overrides;
    rollbacks = use.rollbacks;
    unfold(s);
  }

  private final class Ticking extends Clock {
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
      now = now.plusNanos(1_000_000);
      return now;
    }
  }

  private void unfold(ExploredState s) {
    for (int m = 0; m < s.models; m++) {
      List<PolicyRevision> policies = cast.policies.get(m);
      models.add(cast.records.get(m), policies.getFirst());
      if (s.policy == 1) {
        models.addPolicy(policies.getLast());
      }
    }
    router.away = s.away == 1;
    router.restored = s.rollbackDone == 1;
    for (int v = 0; v < count; v++) {
      versions.add(cast.placed[v][s.stage[v]][s.rank[v]]);
      history.begin(cast.periods[v][s.stage[v]][s.rank[v]]);
      if (isContradicted(s, v)) {
        evidence.add(cast.failedBefore[v][kindBefore(s, v)]);
      }
      cast.reports(v, s.checks[v], s.integration[v]).forEach(evidence::add);
      router.served[v] = s.served[v];
      router.verdicts.add(s.verdict[v] == 0 ? List.of() : List.of(verdict(s, v)));
      for (int t = TO_STAGING; t <= TO_ARCHIVED; t++) {
        if (s.requester[v][t] > 0) {
          unfoldTransition(s, v, t);
        }
      }
      if (s.override[v] > 0) {
        unfoldOverride(s, v);
      }
    }
    if (s.rollbackTo > 0) {
      unfoldRollback(s);
    }
  }

  /** Whichever version is Production, the verdict is one against it. */
  private ServingRouter.AbTest verdict(ExploredState s, int v) {
    int today = s.production(s.modelOf(v));
    return new ServingRouter.AbTest(
        cast.versions.get(v).bundle().digest(),
        today < 0 ? Optional.empty() : Optional.of(cast.versions.get(today).bundle().digest()),
        s.verdict[v] == 1 ? AbVerdict.BETTER : AbVerdict.WORSE,
        false);
  }

  private Transition transition(
      UUID id,
      int v,
      Stage from,
      Stage to,
      String who,
      int policy,
      Instant until,
      @Nullable String key) {
    return new Transition(
        id,
        cast.model(v),
        cast.versions.get(v).number(),
        from,
        to,
        false,
        TransitionState.PENDING,
        new Requester(who, false),
        Optional.ofNullable(key),
        REASON,
        policy,
        EARLIER,
        until,
        Optional.empty(),
        List.of(),
        List.of());
  }

  private void unfoldTransition(ExploredState s, int v, int t) {
    int policy = s.oldPolicy[v][t] == 1 ? 0 : s.policy;
    UUID id = id(1, v, t);
    transitions.add(
        transition(
            id,
            v,
            Stage.values()[s.stage[v]],
            target(t),
            PEOPLE.get(s.requester[v][t] - 1),
            policy + 1,
            s.due[v][t] == 1 ? JUST_OVER : LATER,
            null));
    if (t == TO_PRODUCTION) {
      for (int p = 0; p < PEOPLE.size(); p++) {
        int how = s.approval[v][p];
        if (how > 0) {
          ApprovalBasis basis = cast.bases[v][s.checks[v]][s.integration[v]][policy];
          transitions.addApproval(
              id,
              new Approval(
                  id(2, v, p),
                  PEOPLE.get(p),
                  Optional.empty(),
                  Optional.empty(),
                  new ApprovalBasis(
                      basis.artifact(),
                      basis.policy(),
                      basis.evidence(),
                      Optional.of(seen(s, v, how))),
                  how == ExploredState.EXPIRED ? LONG_AGO : EARLIER,
                  Optional.empty()));
        }
      }
    }
  }

  /** Those that fail were there when somebody approved, those that pass came later. */
  private List<UUID> seen(ExploredState s, int v, int how) {
    List<UUID> seen = new ArrayList<>();
    for (Evidence report : evidence.of(cast.model(v), cast.versions.get(v).number())) {
      boolean contradicts = report.id().equals(cast.failedBefore[v][kindBefore(s, v)].id());
      if (contradicts ? how != ExploredState.CONTRADICTED : !report.hasPassed()) {
        seen.add(report.id());
      }
    }
    return seen;
  }

  private static boolean isContradicted(ExploredState s, int v) {
    for (int how : s.approval[v]) {
      if (how == ExploredState.CONTRADICTED) {
        return true;
      }
    }
    return false;
  }

  /** Of which kind the report was that contradicts; only one that there is. */
  private static int kindBefore(ExploredState s, int v) {
    return s.integration[v] > 0 ? 1 : 0;
  }

  private void unfoldOverride(ExploredState s, int v) {
    Stage to = s.overrideTarget[v] == 0 ? Stage.STAGING : Stage.PRODUCTION;
    Stage from = s.overrideTarget[v] == 0 ? Stage.DEVELOPMENT : Stage.STAGING;
    String requester = PEOPLE.get(s.overrideRequester[v]);
    Transition made = transition(id(3, v, 0), v, from, to, requester, 1, NOW, null);
    addEnded(made);
    OverrideRecord override =
        new OverrideRecord(
            id(4, v, 0),
            made.model(),
            made.version(),
            made.id(),
            from,
            to,
            made.requester(),
            PEOPLE.get(s.overrideBy[v]),
            "Customers wait.",
            List.of(),
            EARLIER,
            s.overrideDue[v] == 1 ? JUST_OVER : NOW.plusSeconds(3600),
            OverrideRecord.State.AWAITING_CONFIRMATION,
            Optional.empty(),
            OverrideRecord.Undo.NONE);
    overrides.add(
        switch (s.override[v]) {
          case 1 -> override;
          case 2 -> override.confirmed(EARLIER, "user:someone", Optional.empty());
          case 3, 5 -> override.unconfirmed(EARLIER, OverrideRecord.Undo.PENDING);
          default -> override.unconfirmed(EARLIER, OverrideRecord.Undo.NOT_NEEDED);
        });
    if (s.override[v] == 5) {
      addEnded(
          transition(
              id(5, v, 0),
              v,
              Stage.PRODUCTION,
              Stage.STAGING,
              "platform",
              1,
              NOW,
              "override " + override.id()));
    }
  }

  private void addEnded(Transition made) {
    transitions.addEnded(made.end(TransitionState.COMPLETED, EARLIER, "platform", "done"));
  }

  private void unfoldRollback(ExploredState s) {
    String by = s.rollbackBy == 3 ? "platform" : PEOPLE.get(s.rollbackBy);
    int from = s.version(0, s.rollbackTo == 1 ? 2 : 1);
    Transition cause =
        transition(id(6, 0, 0), from, Stage.PRODUCTION, Stage.STAGING, by, 1, NOW, null);
    addEnded(cause);
    rollbacks.add(
        Rollback.started(
            id(7, 0, 0),
            cause,
            new VersionNumber(s.rollbackTo),
            by,
            "nonsense",
            s.rollbackDue == 1 ? NOW.minusSeconds(7200) : NOW));
  }

  /** The state after an act; what people agreed to before keeps what happened to it since. */
  ExploredState fold() {
    ExploredState s = before.blank();
    s.policy = models.policy(MODELS.getFirst()).revision() - 1;
    s.away = router.away ? 1 : 0;
    for (int v = 0; v < count; v++) {
      s.checks[v] = before.checks[v];
      s.integration[v] = before.integration[v];
      s.verdict[v] = before.verdict[v];
      s.served[v] = router.served[v];
    }
    for (int m = 0; m < s.models; m++) {
      fold(s, MODELS.get(m));
    }
    rollbacks
        .moving(MODELS.getFirst())
        .ifPresent(
            moving -> {
              s.rollbackTo = moving.to().value();
              s.rollbackDone = router.restored ? 1 : 0;
              s.rollbackBy = moving.by().equals("platform") ? 3 : PEOPLE.indexOf(moving.by());
              s.rollbackDue = moving.startedAt().isBefore(EARLIER) ? 1 : 0;
            });
    return s;
  }

  private void fold(ExploredState s, ModelId model) {
    List<ModelVersion> all =
        versions.list(model, Optional.empty(), Optional.empty(), Integer.MAX_VALUE);
    for (ModelVersion version : all) {
      int v = cast.index(model, version.number());
      s.stage[v] = version.stage().ordinal();
      if (version.superseded()) {
        s.rank[v] = 1;
        for (ModelVersion other : all) {
          s.rank[v] +=
              other.superseded() && other.stageSince().isBefore(version.stageSince()) ? 1 : 0;
        }
      }
    }
    for (Transition open : transitions.open(model)) {
      int v = cast.index(model, open.version());
      int t = open.to().ordinal();
      s.requester[v][t] = 1 + PEOPLE.indexOf(open.requester().principal());
      s.oldPolicy[v][t] = open.policyRevision() - 1 == s.policy ? 0 : 1;
      s.due[v][t] = open.expiresAt().isAfter(NOW) ? 0 : 1;
      for (Approval approval : open.approvals()) {
        if (approval.voided().isEmpty()) {
          int p = PEOPLE.indexOf(approval.approver());
          s.approval[v][p] =
              approval.id().equals(id(2, v, p)) ? before.approval[v][p] : ExploredState.VALID;
        }
      }
    }
    for (OverrideRecord override : overrides.of(model)) {
      int v = cast.index(model, override.version());
      s.overrideTarget[v] = override.to() == Stage.STAGING ? 0 : 1;
      s.overrideBy[v] = PEOPLE.indexOf(override.by());
      s.overrideRequester[v] = PEOPLE.indexOf(override.requester().principal());
      s.override[v] =
          switch (override.state()) {
            case AWAITING_CONFIRMATION -> 1;
            case CONFIRMED -> 2;
            case UNCONFIRMED ->
                override.undo() != OverrideRecord.Undo.PENDING
                    ? 4
                    : transitions
                            .ofRequest(model, "platform", "override " + override.id())
                            .isPresent()
                        ? 5
                        : 3;
          };
      s.overrideDue[v] = s.override[v] == 1 && !override.confirmBy().isAfter(NOW) ? 1 : 0;
    }
  }
}
