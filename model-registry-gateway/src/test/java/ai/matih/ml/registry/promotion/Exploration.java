package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.emergency.RollBackProduction;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that the acts of people, the world and time lead to, breadth first, and holds
 * each step to what must never fail. Each act is done by the shipped code, and once more for every
 * transaction after which the process may die.
 */
@SuppressWarnings("EnumOrdinal") // A state has a stage in two bits.
final class Exploration {

  /** What may happen in a configuration beside requests, approvals and the reconciler's steps. */
  enum May {
    CHECKS,
    INTEGRATION,
    VERDICT,
    SERVING,
    AWAY,
    POLICY,
    APPROVALS_EXPIRE,
    TRANSITIONS_EXPIRE,
    REJECT,
    OVERRIDE,
    ROLL_BACK,
    ARCHIVE
  }

  /** A small configuration; all of it is explored. */
  record Configuration(String name, int people, ExploredState start, Set<May> may) {
    static Configuration of(
        String name, int versions, int people, Consumer<ExploredState> start, May... may) {
      return of(name, new ExploredState(1, versions), people, start, may);
    }

    static Configuration of(
        String name, ExploredState first, int people, Consumer<ExploredState> start, May... may) {
      start.accept(first);
      EnumSet<May> set = EnumSet.noneOf(May.class);
      set.addAll(Arrays.asList(may));
      return new Configuration(name, people, first, set);
    }

    /** One of its models, as if the other were not there. */
    Configuration alone(int model) {
      return new Configuration(name + ", one alone", people, start.only(model), may);
    }
  }

  /**
   * What was found in one configuration.
   *
   * @param left states that were seen and from which nobody went on; none when all was explored
   */
  record Found(long states, long acts, long crashes, int depth, long left) {}

  private static final int THREADS = 2;
  private static final Set<String> JUDGED = Set.of("settle", "approve", "request");

  /** One state of about sixty-four, always the same ones. */
  private static boolean nowAndThen(ExploredState s) {
    return ((s.low() * 0x9E3779B97F4A7C15L ^ s.high()) >>> 58) == 0;
  }

  private final Configuration configuration;
  private final StateSet seen = new StateSet();
  private final LongAdder acts = new LongAdder();
  private final LongAdder crashes = new LongAdder();
  private StateList next = new StateList();
  private volatile @Nullable Throwable violation;

  Exploration(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Explores all of it. */
  Found run() throws InterruptedException {
    return run(Long.MAX_VALUE);
  }

  /**
   * Explores it level by level while fewer states than these have been seen; each state of the
   * levels before the last is expanded.
   */
  Found run(long enough) throws InterruptedException {
    add(configuration.start());
    int depth = 0;
    while (next.size() > 0 && seen.size() < enough) {
      StateList level = next;
      next = new StateList();
      AtomicInteger chunk = new AtomicInteger();
      Thread[] workers = new Thread[THREADS];
      for (int i = 0; i < THREADS; i++) {
        workers[i] = Thread.ofPlatform().start(() -> expand(level, chunk));
      }
      for (Thread worker : workers) {
        worker.join();
      }
      Throwable found = violation;
      if (found != null) {
        throw new AssertionError(found.getMessage(), found);
      }
      depth++;
    }
    return new Found(seen.size(), acts.sum(), crashes.sum(), depth, next.size());
  }

  private void expand(StateList level, AtomicInteger chunk) {
    try {
      for (int from = chunk.getAndAdd(64); from < level.size(); from = chunk.getAndAdd(64)) {
        for (int i = from; i < Math.min(from + 64, level.size()); i++) {
          if (violation != null) {
            return;
          }
          expand(configuration.start().of(level.low(i), level.high(i)));
        }
      }
    } catch (Throwable t) {
      violation = t;
    }
  }

  private void add(ExploredState state) {
    state.pack();
    synchronized (seen) {
      if (seen.add(state.low(), state.high())) {
        next.add(state.low(), state.high());
      }
    }
  }

  private boolean may(May what) {
    return configuration.may().contains(what);
  }

  private void expand(ExploredState s) {
    world(s);
    for (int v = 0; v < s.count; v++) {
      int version = v;
      for (int t = ExploredModel.TO_STAGING; t <= ExploredModel.TO_ARCHIVED; t++) {
        int target = t;
        for (int p = 0; p < configuration.people(); p++) {
          request(s, v, t, p);
        }
        if (s.requester[v][t] > 0) {
          act(s, "settle", v, t, -1, m -> settle(s, m, version, target));
          ExploredState cancelled =
              act(
                  s,
                  "cancel",
                  v,
                  t,
                  s.requester[v][t] - 1,
                  m ->
                      m.use.review.cancel(
                          model(s, version),
                          open(s, m, version, target),
                          requester(s.requester[version][target] - 1),
                          Optional.empty()));
          require(cancelled.requester[v][t] == 0, s, "its requester cannot cancel", v);
          for (int p = 0; p < configuration.people(); p++) {
            people(s, v, t, p);
          }
        }
      }
      overrides(s, v);
    }
    rollBacks(s);
  }

  /** What happens outside and as time passes. */
  private void world(ExploredState s) {
    for (int v = 0; v < s.count; v++) {
      int version = v;
      for (int outcome = 1; outcome <= 2; outcome++) {
        int says = outcome;
        if (may(May.CHECKS) && s.stage[v] < 2) {
          happens(s, n -> report(n, n.checks, version, says));
        }
        if (may(May.INTEGRATION) && s.stage[v] == 1) {
          happens(s, n -> report(n, n.integration, version, says));
        }
        if (may(May.VERDICT) && s.stage[v] == 1) {
          happens(s, n -> n.verdict[version] = says);
        }
      }
      if (may(May.SERVING)) {
        for (int how = 0; how <= 2; how++) {
          int served = how;
          happens(s, n -> n.served[version] = served);
        }
      }
      for (int t = 1; t <= 3; t++) {
        int target = t;
        if (may(May.TRANSITIONS_EXPIRE) && s.requester[v][t] > 0) {
          happens(s, n -> n.due[version][target] = 1);
        }
      }
      if (may(May.APPROVALS_EXPIRE)) {
        for (int p = 0; p < configuration.people(); p++) {
          int person = p;
          if (s.approval[v][p] == ExploredState.VALID) {
            happens(s, n -> n.approval[version][person] = ExploredState.EXPIRED);
          }
        }
      }
      if (s.override[v] == 1) {
        happens(s, n -> n.overrideDue[version] = 1);
      }
    }
    if (may(May.AWAY)) {
      happens(s, n -> n.away = 1 - n.away);
    }
    if (may(May.POLICY) && s.policy == 0) {
      happens(
          s,
          n -> {
            n.policy = 1;
            for (int v = 0; v < n.count; v++) {
              for (int t = 1; t <= 2; t++) {
                n.oldPolicy[v][t] = n.requester[v][t] > 0 ? 1 : 0;
              }
            }
          });
    }
    if (s.rollbackTo > 0) {
      happens(s, n -> n.rollbackDue = 1);
    }
  }

  private void happens(ExploredState s, Consumer<ExploredState> what) {
    ExploredState after = s.copy();
    what.accept(after);
    add(after);
  }

  /** A report that fails where the one before it did not contradicts what people agreed to. */
  private static void report(ExploredState n, int[] kind, int v, int outcome) {
    boolean contradicts = outcome == 1 && kind[v] != 1;
    kind[v] = outcome;
    if (!contradicts) {
      return;
    }
    for (int p = 0; p < n.approval[v].length; p++) {
      if (n.approval[v][p] == ExploredState.VALID) {
        n.approval[v][p] = ExploredState.CONTRADICTED;
      }
    }
  }

  private static Requester requester(int person) {
    return new Requester(ExploredModel.PEOPLE.get(person), false);
  }

  private static ModelId model(ExploredState s, int v) {
    return ExploredModel.model(s.modelOf(v));
  }

  private static VersionNumber number(ExploredState s, int v) {
    return new VersionNumber(s.number(v));
  }

  private static java.util.UUID open(ExploredState s, ExploredModel m, int v, int t) {
    return m.transitions
        .open(model(s, v), number(s, v), ExploredModel.target(t))
        .orElseThrow()
        .id();
  }

  private static void settle(ExploredState s, ExploredModel m, int v, int t) {
    Transition open = m.transitions.find(open(s, m, v, t)).orElseThrow();
    AskRouter.Answers answers =
        m.use.askRouter.ask(
            Gate.move(open).asks(), m.versions.find(model(s, v), open.version()).orElseThrow());
    m.steps.run(() -> m.use.gate.settle(open, answers));
  }

  /** What somebody is told: the refusal, or the state and how each condition stands. */
  private static String told(java.util.function.Supplier<Transition> ask) {
    try {
      Transition transition = ask.get();
      StringBuilder text = new StringBuilder(transition.state().name());
      for (Condition condition : transition.conditions()) {
        text.append(' ')
            .append(condition.type())
            .append(condition.status())
            .append(condition.reason());
      }
      return text.toString();
    } catch (Problem refusal) {
      return refusal.error() + refusal.detail();
    }
  }

  private void request(ExploredState s, int v, int t, int p) {
    if (t == ExploredModel.TO_ARCHIVED && !may(May.ARCHIVE)) {
      return;
    }
    if (t == ExploredModel.TO_STAGING && s.stage[v] == 2 && !may(May.ROLL_BACK)) {
      return;
    }
    if (Moves.find(Stage.values()[s.stage[v]], ExploredModel.target(t)).isEmpty()
        && !nowAndThen(s)) {
      // Refused by the stage alone.
      return;
    }
    // The dry run comes first, on the very stores that the real one finds.
    String[] told = new String[2];
    act(
        s,
        "request",
        v,
        t,
        p,
        m -> {
          for (int real = m.steps.mayCrash() ? 1 : 0; real <= 1; real++) {
            boolean dry = real == 0;
            told[real] =
                told(
                    () ->
                        m.use.promote.promote(
                            model(s, v),
                            new PromoteVersion.Request(
                                number(s, v),
                                ExploredModel.target(t),
                                Optional.of("because"),
                                dry,
                                requester(p),
                                Optional.empty())));
            if (dry) {
              ExploredState after = m.fold();
              after.pack();
              require(after.sameAs(s), s, "a dry run changed something", v);
              m.steps.taken = 0;
            }
          }
        });
    boolean expires = s.requester[v][t] > 0 && s.due[v][t] == 1;
    require(
        told[0] == null || told[1] == null || told[0].equals(told[1]) || expires,
        s,
        "the dry run said %s and the real answer was %s".formatted(told[0], told[1]),
        v);
  }

  private void people(ExploredState s, int v, int t, int p) {
    String who = ExploredModel.PEOPLE.get(p);
    if (t == ExploredModel.TO_PRODUCTION) {
      act(
          s,
          "approve",
          v,
          t,
          p,
          m ->
              m.use.review.approve(
                  model(s, v),
                  open(s, m, v, t),
                  new Reviewer(who, Optional.empty()),
                  Optional.empty()));
      if (may(May.REJECT)) {
        act(
            s,
            "reject",
            v,
            t,
            p,
            m -> m.use.review.reject(model(s, v), open(s, m, v, t), who, "no"));
      }
    }
    if (may(May.OVERRIDE)) {
      act(
          s,
          "override",
          v,
          t,
          p,
          m -> m.use.override.override(model(s, v), open(s, m, v, t), who, "Customers wait."));
    }
  }

  private void overrides(ExploredState s, int v) {
    if (s.override[v] == 0) {
      return;
    }
    for (int p = 0; p < configuration.people(); p++) {
      int person = p;
      ExploredState after =
          act(
              s,
              "confirm",
              v,
              0,
              p,
              m ->
                  m.use.override.confirm(
                      model(s, v),
                      ExploredModel.id(3, v, 0),
                      new Reviewer(ExploredModel.PEOPLE.get(person), Optional.empty()),
                      Optional.empty()));
      if (after.override[v] == 2 && s.override[v] == 1) {
        require(
            p != s.overrideBy[v] && p != s.overrideRequester[v] && s.overrideDue[v] == 0,
            s,
            "an override was confirmed by somebody who took part, or too late",
            v);
      }
    }
    ExploredState after =
        act(s, "lapse", v, 0, -1, m -> m.use.lapse.advance(ExploredModel.id(4, v, 0)));
    require(
        s.override[v] != 1 || s.overrideDue[v] == 0 || after.override[v] > 2,
        s,
        "an override outlived its time",
        v);
  }

  private void rollBacks(ExploredState s) {
    if (may(May.ROLL_BACK)) {
      for (int m = 0; m < s.models; m++) {
        for (int p = 0; p < configuration.people(); p++) {
          // A reply can only be lost where something was asked.
          if (rollBack(s, m, p, false)) {
            rollBack(s, m, p, true);
          }
        }
      }
    }
    if (s.rollbackTo > 0) {
      int restored = s.version(0, s.rollbackTo);
      for (boolean lost : new boolean[] {false, true}) {
        ExploredState after =
            act(
                s,
                lost ? "move traffic, reply lost" : "move traffic",
                0,
                0,
                -1,
                m -> {
                  m.router.losesReply = lost;
                  m.use.traffic.advance(ExploredModel.id(7, 0, 0));
                });
        boolean ends = after.rollbackTo == 0;
        boolean canEnd =
            !lost
                && s.away == 0
                && (s.rollbackDone == 1 || s.served[restored] > 0 || s.rollbackDue == 1);
        require(ends == canEnd, s, "a roll-back is stuck, or ended by itself", -1);
        if (ends && s.rollbackDone == 0 && s.served[restored] > 0) {
          require(
              after.served[restored] == 2, s, "a roll-back was completed without the traffic", -1);
        }
      }
    }
  }

  /** Whether the router was asked to move traffic. */
  private boolean rollBack(ExploredState s, int m, int p, boolean lost) {
    boolean[] asked = new boolean[1];
    act(
        s,
        lost ? "roll back, reply lost" : "roll back",
        m,
        0,
        p,
        x -> {
          x.router.losesReply = lost;
          try {
            x.use.rollBack.rollBack(
                ExploredModel.model(m),
                new RollBackProduction.Request("nonsense", false, requester(p), Optional.empty()));
          } finally {
            asked[0] |= x.router.restoreAsked;
          }
        });
    return asked[0];
  }

  /** Does an act and checks it, then again with a crash after each of its transactions. */
  private ExploredState act(
      ExploredState s, String name, int v, int t, int p, Consumer<ExploredModel> how) {
    ExploredModel model = new ExploredModel(s);
    boolean refused = false;
    try {
      how.accept(model);
    } catch (Problem refusal) {
      refused = true;
    }
    acts.increment();
    ExploredState after = model.fold();
    after.pack();
    check(s, after, model, name, v, t, p);
    require(!refused || after.sameAs(s), s, name + " was refused and changed something", v);
    if (after.sameAs(s)) {
      return after;
    }
    add(after);
    for (int crash = 1; crash < model.steps.taken; crash++) {
      crash(s, crash, name, v, t, p, how);
    }
    return after;
  }

  private void crash(
      ExploredState s, int step, String name, int v, int t, int p, Consumer<ExploredModel> how) {
    ExploredModel model = new ExploredModel(s);
    model.steps.crashAfter(step);
    try {
      how.accept(model);
    } catch (ExploredModel.Crash | Problem ended) {
      // What had been committed is there.
    }
    crashes.increment();
    ExploredState after = model.fold();
    check(s, after, model, name + " and a crash", v, t, p);
    add(after);
  }

  private void check(
      ExploredState s, ExploredState n, ExploredModel model, String act, int v, int t, int p) {
    int[] current = new int[n.models];
    int[] superseded = new int[n.models];
    for (int i = 0; i < n.count; i++) {
      int of = n.modelOf(i);
      current[of] += n.stage[i] == 2 && n.rank[i] == 0 ? 1 : 0;
      superseded[of] += n.rank[i] > 0 ? 1 : 0;
      if (n.stage[i] != s.stage[i]) {
        moved(s, n, i, act, p);
      }
      require(of == n.modelOf(v) || n.sameVersion(s, i), s, act + ": changed the other model", v);
    }
    for (int m = 0; m < n.models; m++) {
      require(current[m] <= 1, s, act + ": two versions are Production", v);
      require(superseded[m] == 0 || current[m] == 1, s, act + ": superseded by nobody", v);
    }
    boolean judged = JUDGED.contains(act) && t == 2;
    if (judged && n.requester[v][t] > 0 && !n.sameAs(s)) {
      for (int person = 0; person < n.approval[v].length; person++) {
        int approval = n.approval[v][person];
        require(approval <= 1, s, act + ": an outdated approval is not marked void", v);
        require(
            s.approval[v][person] != ExploredState.VALID || approval == ExploredState.VALID,
            s,
            act + ": an approval is void that nothing contradicts",
            v);
      }
    }
    int periods = 0;
    for (int m = 0; m < n.models; m++) {
      for (StagePeriod period : model.history.at(ExploredModel.model(m), java.time.Instant.MAX)) {
        int i = n.version(m, period.version().value());
        periods++;
        require(
            period.stage().ordinal() == n.stage[i] && period.superseded() == (n.rank[i] > 0),
            s,
            act + ": the history is not what is",
            i);
      }
    }
    require(periods == n.count, s, act + ": a version has not one stage at a time", v);
  }

  /** By which right a version is in another stage now. */
  private void moved(ExploredState s, ExploredState n, int i, String act, int p) {
    Stage from = Stage.values()[s.stage[i]];
    Stage to = Stage.values()[n.stage[i]];
    boolean overridden = act.startsWith("override") && n.override[i] == 1 && n.overrideBy[i] == p;
    if (from == Stage.DEVELOPMENT && to == Stage.STAGING) {
      require(s.checks[i] == 2, s, act + ": in Staging without its checks", i);
    } else if (from == Stage.STAGING && to == Stage.PRODUCTION) {
      boolean evidence =
          s.integration[i] == 2
              && (s.production(s.modelOf(i)) < 0 || (s.verdict[i] == 1 && s.away == 0))
              && approvals(s, i, act, p) >= needed(s, i);
      require(evidence || overridden, s, act + ": in Production without its evidence", i);
    } else if (from == Stage.PRODUCTION && to == Stage.ARCHIVED) {
      require(
          s.rank[i] > 0 && s.production(s.modelOf(i)) >= 0 && s.away == 0 && s.served[i] < 2,
          s,
          act + ": archived without proof",
          i);
    } else if (to == Stage.ARCHIVED) {
      require(s.away == 0 && s.served[i] < 2, s, act + ": withdrawn with traffic", i);
    } else if (from == Stage.PRODUCTION && to == Stage.STAGING) {
      int model = s.modelOf(i);
      int previous = s.previous(model);
      require(
          s.production(model) == i && previous >= 0 && s.away == 0 && s.served[previous] > 0,
          s,
          act + ": rolled back to nothing that answers",
          i);
      require(
          n.production(model) == previous, s, act + ": the previous version did not take over", i);
    } else {
      require(false, s, act + ": no such move", i);
    }
  }

  private static int approvals(ExploredState s, int i, String act, int p) {
    int valid = 0;
    for (int person = 0; person < s.approval[i].length; person++) {
      boolean counts =
          s.approval[i][person] == ExploredState.VALID
              || (act.startsWith("approve") && person == p);
      valid += counts && person != s.requester[i][2] - 1 ? 1 : 0;
    }
    return valid;
  }

  private static int needed(ExploredState s, int i) {
    return s.policy == 0 || s.oldPolicy[i][2] == 1 ? 1 : 2;
  }

  private void require(boolean holds, ExploredState s, String what, int v) {
    if (!holds) {
      throw new AssertionError(
          "%s: %s (version %d) from%s".formatted(configuration.name(), what, v + 1, s));
    }
  }

  /** States one after the other. */
  private static final class StateList {
    private long[] words = new long[1024];
    private int size;

    void add(long low, long high) {
      if (2 * size == words.length) {
        words = Arrays.copyOf(words, words.length * 2);
      }
      words[2 * size] = low;
      words[2 * size + 1] = high;
      size++;
    }

    int size() {
      return size;
    }

    long low(int i) {
      return words[2 * i];
    }

    long high(int i) {
      return words[2 * i + 1];
    }
  }

  /** A set of states in 16 bytes each, open addressing. */
  private static final class StateSet {
    private long[] words = new long[1 << 16];
    private int size;

    long size() {
      return size;
    }

    boolean add(long low, long high) {
      if (4 * size > words.length) {
        long[] old = words;
        words = new long[old.length * 2];
        for (int i = 0; i < old.length; i += 2) {
          if (old[i + 1] != 0) {
            put(old[i], old[i + 1]);
          }
        }
      }
      if (!put(low, high)) {
        return false;
      }
      size++;
      return true;
    }

    private boolean put(long low, long high) {
      long mixed = (low ^ Long.rotateLeft(high, 29)) * 0x9E3779B97F4A7C15L;
      int mask = words.length / 2 - 1;
      int at = (int) (mixed >>> 33) & mask;
      while (words[2 * at + 1] != 0) {
        if (words[2 * at] == low && words[2 * at + 1] == high) {
          return false;
        }
        at = (at + 1) & mask;
      }
      words[2 * at] = low;
      words[2 * at + 1] = high;
      return true;
    }
  }
}
