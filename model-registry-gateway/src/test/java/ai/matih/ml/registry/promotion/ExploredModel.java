package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.Transactions;
import ai.matih.ml.registry.artifact.Digest;
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
import ai.matih.ml.registry.fixture.InMemory.RememberingAudit;
import ai.matih.ml.registry.fixture.InMemory.RememberingEvents;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.StageHistory.Spell;
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
 * One model and its people as a state of few bits, and the shipped use cases run on it. A state is
 * unfolded into stores in memory, one act is done by the real code, and what is left is folded up
 * again. Times are classes: fresh or past their limit.
 */
@SuppressWarnings("EnumOrdinal") // A state has a stage in two bits.
final class ExploredModel {

  static final List<String> PEOPLE = List.of("user:owner", "user:bob", "user:carol");
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final Instant EARLIER = NOW.minusSeconds(3600);
  private static final Duration WEEKS = Duration.ofDays(14);
  private static final PromotionSettings SETTINGS =
      new PromotionSettings(
          WEEKS, Duration.ofHours(24), Duration.ofHours(1), Duration.ofSeconds(3));
  private static final Optional<String> REASON = Optional.of("because");
  private static final List<PolicyRevision> POLICIES = List.of(policy(1, 1), policy(2, 2));
  private static final Digest OTHER = Digest.of("other");

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
      left--;
      taken++;
      depth++;
      try {
        return work.get();
      } finally {
        depth--;
      }
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

    StateRouter(int versions) {
      served = new int[versions];
    }

    private void requireHere() {
      if (away) {
        throw new EngineFailure.Unavailable("serving-router", "away", Optional.empty());
      }
    }

    @Override
    public List<Check> trial(ModelVersion version, String uri, Optional<Duration> budget) {
      throw new AssertionError("nobody tries a version here");
    }

    @Override
    public Serving serving(ModelId model, VersionNumber version) {
      requireHere();
      return SERVED.get(served[version.value() - 1]);
    }

    @Override
    public List<Answer> predict(
        ModelId model, VersionNumber version, List<Map<String, Object>> rows) {
      throw new AssertionError("nobody predicts here");
    }

    List<AbTest> verdicts = List.of();

    @Override
    public List<AbTest> abTests(ModelId model, VersionNumber version) {
      requireHere();
      Digest digest = VERSIONS.get(version.value() - 1).bundle().digest();
      return verdicts.stream().filter(test -> test.digest().equals(digest)).toList();
    }

    @Override
    public long restoreTraffic(ModelId model, VersionNumber version, String reason, UUID restore) {
      requireHere();
      if (!restored) {
        if (served[version.value() - 1] == 0) {
          throw new EngineFailure.Refused("serving-router", 409, "not deployed");
        }
        for (int i = 0; i < served.length; i++) {
          served[i] = Math.min(served[i], 1);
        }
        served[version.value() - 1] = 2;
        restored = true;
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

  private static PolicyRevision policy(int revision, int approvals) {
    return new PolicyRevision(
        Samples.MODEL,
        revision,
        Json.read(
            "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"approvals\":{\"needed\":%d}}"
                .formatted(approvals),
            Policy.class),
        "user:owner",
        Samples.START);
  }

  private static final List<ModelVersion> VERSIONS =
      List.of(
          Samples.version(1, Stage.DEVELOPMENT),
          Samples.version(2, Stage.DEVELOPMENT),
          Samples.version(3, Stage.DEVELOPMENT));

  /** Reports by version, kind and outcome; the second of each is a newer one that says the same. */
  private static final Evidence[][][][] REPORTS = reports();

  private static Evidence[][][][] reports() {
    Evidence[][][][] all = new Evidence[3][2][3][2];
    for (int v = 0; v < 3; v++) {
      for (int kind = 0; kind < 2; kind++) {
        for (int outcome = 1; outcome <= 2; outcome++) {
          for (int age = 0; age < 2; age++) {
            all[v][kind][outcome][age] =
                Samples.platform(
                    VERSIONS.get(v),
                    kind == 0 ? Evidence.PLATFORM_CHECKS : Evidence.PLATFORM_INTEGRATION,
                    outcome == 2,
                    EARLIER.plusSeconds(age));
          }
        }
      }
    }
    return all;
  }

  private static final Map<Integer, ApprovalBasis> BASES =
      new java.util.concurrent.ConcurrentHashMap<>();

  private static ApprovalBasis basis(ExploredState s, int v, PolicyRevision policy) {
    return BASES.computeIfAbsent(
        ((v * 3 + s.checks[v]) * 3 + s.integration[v]) * 2 + policy.revision() - 1,
        _ -> ApprovalBasis.of(VERSIONS.get(v).bundle().digest(), policy, reportsOf(s, v)));
  }

  private static List<Evidence> reportsOf(ExploredState s, int v) {
    List<Evidence> reports = new ArrayList<>(2);
    if (s.checks[v] > 0) {
      reports.add(REPORTS[v][0][s.checks[v]][0]);
    }
    if (s.integration[v] > 0) {
      reports.add(REPORTS[v][1][s.integration[v]][0]);
    }
    return reports;
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
  final int count;
  final MemoryModels models = new MemoryModels();
  final MemoryVersions versions = new MemoryVersions();
  final MemoryEvidence evidence = new MemoryEvidence();
  final MemoryTransitions transitions = new MemoryTransitions();
  final MemoryHistory history = new MemoryHistory();
  final MemoryOverrides overrides = new MemoryOverrides();
  final MemoryRollbacks rollbacks = new MemoryRollbacks();
  final Steps steps = new Steps();
  final StateRouter router;
  final PromoteVersion promote;
  final ReviewTransition review;
  final OverrideGate overrideGate;
  final LapseOverride lapse;
  final MoveTraffic traffic;
  final RollBack rollBack;
  final Gate gate;
  final Outside outside;
  private Instant now = NOW;

  ExploredModel(ExploredState s) {
    before = s;
    count = s.count;
    router = new StateRouter(count);
    FindModel find = new FindModel(models, versions);
    RememberingAudit audit = new RememberingAudit();
    RememberingEvents events = new RememberingEvents();
    outside = new Outside(router, versions, steps);
    gate =
        new Gate(
            find,
            models,
            versions,
            evidence,
            transitions,
            history,
            rollbacks,
            events,
            audit,
            new Ticking());
    promote =
        new PromoteVersion(
            find, models, transitions, gate, outside, SETTINGS, events, audit, steps);
    review = new ReviewTransition(find, models, transitions, gate, outside, audit, steps);
    overrideGate =
        new OverrideGate(
            find, models, transitions, overrides, gate, outside, SETTINGS, audit, steps);
    lapse =
        new LapseOverride(
            models, versions, transitions, overrides, gate, promote, SETTINGS, audit, steps);
    traffic = new MoveTraffic(models, rollbacks, gate, router, SETTINGS, steps);
    rollBack = new RollBack(find, versions, transitions, rollbacks, promote, traffic, audit, steps);
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
    models.add(Samples.model(), POLICIES.get(0));
    if (s.policy == 1) {
      models.addPolicy(POLICIES.get(1));
    }
    router.away = s.away == 1;
    router.restored = s.rollbackDone == 1;
    List<ServingRouter.AbTest> verdicts = new ArrayList<>();
    for (int v = 0; v < count; v++) {
      Instant since = EARLIER.minusSeconds(100 - s.rank[v]);
      ModelVersion version =
          Samples.placed(VERSIONS.get(v), Stage.values()[s.stage[v]], s.rank[v] > 0, since);
      versions.add(version);
      history.begin(
          new Spell(
              version.model(),
              version.number(),
              version.stage(),
              version.superseded(),
              since,
              Optional.empty(),
              Optional.empty(),
              "user:registrar",
              Optional.empty()));
      reportsOf(s, v).forEach(evidence::add);
      router.served[v] = s.served[v];
      if (s.verdict[v] > 0) {
        verdicts.add(
            new ServingRouter.AbTest(
                version.bundle().digest(),
                // Whichever version is Production, the verdict is one against it.
                Optional.of(s.production())
                    .filter(today -> today >= 0)
                    .map(today -> VERSIONS.get(today).bundle().digest()),
                s.verdict[v] == 1 ? AbVerdict.BETTER : AbVerdict.WORSE,
                false));
      }
      for (int t = TO_STAGING; t <= TO_ARCHIVED; t++) {
        if (s.requester[v][t] > 0) {
          unfoldTransition(s, v, t);
        }
      }
      if (s.override[v] > 0) {
        unfoldOverride(s, v);
      }
    }
    router.verdicts = verdicts;
    if (s.rollbackTo > 0) {
      unfoldRollback(s);
    }
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
        Samples.MODEL,
        VERSIONS.get(v).number(),
        from,
        to,
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
    PolicyRevision policy = POLICIES.get(s.oldPolicy[v][t] == 1 ? 0 : s.policy);
    UUID id = id(1, v, t);
    transitions.add(
        transition(
            id,
            v,
            Stage.values()[s.stage[v]],
            target(t),
            PEOPLE.get(s.requester[v][t] - 1),
            policy.revision(),
            s.due[v][t] == 1 ? NOW.minusSeconds(1) : NOW.plus(WEEKS),
            null));
    if (t == TO_PRODUCTION) {
      for (int p = 0; p < PEOPLE.size(); p++) {
        int how = s.approval[v][p];
        if (how > 0) {
          ApprovalBasis basis = basis(s, v, policy);
          transitions.addApproval(
              id,
              new Approval(
                  id(2, v, p),
                  PEOPLE.get(p),
                  Optional.empty(),
                  Optional.empty(),
                  how == ExploredState.CHANGED
                      ? new ApprovalBasis(basis.artifact(), basis.policy(), OTHER)
                      : basis,
                  how == ExploredState.EXPIRED ? NOW.minus(Duration.ofDays(8)) : EARLIER,
                  Optional.empty()));
        }
      }
    }
  }

  private void unfoldOverride(ExploredState s, int v) {
    Stage to = s.overrideTarget[v] == 0 ? Stage.STAGING : Stage.PRODUCTION;
    Stage from = s.overrideTarget[v] == 0 ? Stage.DEVELOPMENT : Stage.STAGING;
    String requester = PEOPLE.get(s.overrideRequester[v]);
    Transition made = transition(id(3, v, 0), v, from, to, requester, 1, NOW, null);
    addEnded(made);
    GateOverride override =
        new GateOverride(
            id(4, v, 0),
            Samples.MODEL,
            made.version(),
            made.id(),
            from,
            to,
            made.requester(),
            PEOPLE.get(s.overrideBy[v]),
            "Customers wait.",
            List.of(),
            EARLIER,
            s.overrideDue[v] == 1 ? NOW.minusSeconds(1) : NOW.plusSeconds(3600),
            GateOverride.State.AWAITING_CONFIRMATION,
            Optional.empty(),
            GateOverride.Undo.NONE);
    overrides.add(
        switch (s.override[v]) {
          case 1 -> override;
          case 2 -> override.confirmed(EARLIER, "user:someone", Optional.empty());
          case 3, 5 -> override.unconfirmed(EARLIER, GateOverride.Undo.PENDING);
          default -> override.unconfirmed(EARLIER, GateOverride.Undo.NOT_NEEDED);
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
    int from = s.rollbackTo == 1 ? 1 : 0;
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
    ExploredState s = new ExploredState(count);
    s.policy = models.policy(Samples.MODEL).revision() - 1;
    s.away = router.away ? 1 : 0;
    for (int v = 0; v < count; v++) {
      ModelVersion version = versions.find(Samples.MODEL, VERSIONS.get(v).number()).orElseThrow();
      s.stage[v] = version.stage().ordinal();
      s.checks[v] = before.checks[v];
      s.integration[v] = before.integration[v];
      s.verdict[v] = before.verdict[v];
      s.served[v] = router.served[v];
      if (version.superseded()) {
        s.rank[v] =
            1
                + (int)
                    versions.list(Samples.MODEL, Optional.empty(), Optional.empty(), 9).stream()
                        .filter(
                            other ->
                                other.superseded()
                                    && other.stageSince().isBefore(version.stageSince()))
                        .count();
      }
    }
    for (Transition open : transitions.open(Samples.MODEL)) {
      int v = open.version().value() - 1;
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
    for (GateOverride override : overrides.of(Samples.MODEL)) {
      int v = override.version().value() - 1;
      s.overrideTarget[v] = override.to() == Stage.STAGING ? 0 : 1;
      s.overrideBy[v] = PEOPLE.indexOf(override.by());
      s.overrideRequester[v] = PEOPLE.indexOf(override.requester().principal());
      s.override[v] =
          switch (override.state()) {
            case AWAITING_CONFIRMATION -> 1;
            case CONFIRMED -> 2;
            case UNCONFIRMED ->
                override.undo() != GateOverride.Undo.PENDING
                    ? 4
                    : transitions
                            .ofRequest(Samples.MODEL, "platform", "override " + override.id())
                            .isPresent()
                        ? 5
                        : 3;
          };
      s.overrideDue[v] = s.override[v] == 1 && !override.confirmBy().isAfter(NOW) ? 1 : 0;
    }
    rollbacks
        .moving(Samples.MODEL)
        .ifPresent(
            moving -> {
              s.rollbackTo = moving.to().value();
              s.rollbackDone = router.restored ? 1 : 0;
              s.rollbackBy = moving.by().equals("platform") ? 3 : PEOPLE.indexOf(moving.by());
              s.rollbackDue = moving.startedAt().isBefore(EARLIER) ? 1 : 0;
            });
    return s;
  }
}
