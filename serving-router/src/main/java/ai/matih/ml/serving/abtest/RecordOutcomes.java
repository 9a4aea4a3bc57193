package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.abtest.AbTestDesign.Kind;
import ai.matih.ml.serving.abtest.OutcomeReceipt.Result;
import ai.matih.ml.serving.abtest.OutcomeReport.Subject;
import ai.matih.ml.serving.abtest.Units.Known;
import ai.matih.ml.serving.abtest.Units.Outcome;
import ai.matih.ml.serving.abtest.Units.Told;
import ai.matih.ml.serving.traffic.Assignment;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes in what became of units. The first report about a unit stands: the same again changes
 * nothing, another one is reported and marked. The whole call is one transaction that is alone with
 * its test, so that calls at once and on several routers come to the same as one after another.
 *
 * <p>What is told of somebody whom no router has exposed waits, since the exposure may be on its
 * way. Most of what waits for long waits for ever: callers tell of everybody. So only the latest
 * are kept, and the oldest go. Refusing the latest instead would lose the very ones that are still
 * going to count. Going by age treats both arms and both outcomes alike.
 */
public final class RecordOutcomes {

  /** By how much another router's clock may be ahead when an outcome comes without a time. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  private final AbTests tests;
  private final Units units;
  private final Transactions transactions;
  private final AbTestSettings settings;
  private final Clock clock;
  private final AtomicLong dropped = new AtomicLong();

  public RecordOutcomes(
      AbTests tests, Units units, Transactions transactions, AbTestSettings settings, Clock clock) {
    this.tests = tests;
    this.units = units;
    this.transactions = transactions;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Takes reports in, in their order.
   *
   * @param metric which outcome this is; any that the test asks for when absent
   */
  public OutcomeReceipt record(
      ModelId model, Optional<String> metric, List<OutcomeReport> reports) {
    return transactions.call(
        () -> {
          Optional<AbTest> open = running(model, metric);
          open.ifPresent(test -> units.lock(test.id()));
          // It may have ended while this call waited for its turn.
          return running(model, metric)
              .map(
                  test ->
                      guardrail(test, metric)
                          .map(guardrail -> ofGuardrail(test, guardrail, reports))
                          .orElseGet(() -> new Recording(test).all(reports)))
              .orElseGet(
                  () -> new OutcomeReceipt(Collections.nCopies(reports.size(), Result.NO_TEST)));
        });
  }

  /** How many outcomes went that waited for an exposure. */
  public double dropped() {
    return dropped.get();
  }

  private Optional<AbTest> running(ModelId model, Optional<String> metric) {
    return tests
        .open(model)
        .filter(AbTest::isRunning)
        .filter(
            test ->
                metric.isEmpty()
                    || metric.get().equals(test.design().metric())
                    || guardrail(test, metric).isPresent());
  }

  private static Optional<Guardrail> guardrail(AbTest test, Optional<String> metric) {
    return test.design().guardrails().stream()
        .filter(guardrail -> metric.filter(guardrail.metric()::equals).isPresent())
        .findFirst();
  }

  /** Keeps what is told under the name it is told by; an analysis finds the unit. */
  private OutcomeReceipt ofGuardrail(
      AbTest test, Guardrail guardrail, List<OutcomeReport> reports) {
    requireFitting(guardrail.kind(), reports);
    Instant now = clock.instant();
    List<Long> names =
        reports.stream().map(report -> Assignment.hash(test.salt(), report.name())).toList();
    Map<Long, Told> told =
        new HashMap<>(units.guardrailOutcomes(test.id(), guardrail.metric(), names));
    Map<Long, Long> requests = units.unitsOfRequests(test.id(), names);
    Set<Long> asked = new HashSet<>(names);
    asked.addAll(requests.values());
    Map<Long, Known> known = units.units(test.id(), asked);
    Map<Long, Outcome> first = new LinkedHashMap<>();
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < reports.size(); i++) {
      OutcomeReport report = reports.get(i);
      long name = names.get(i);
      Told word = told(guardrail.kind(), report);
      Optional<Instant> exposed =
          Optional.ofNullable(known.get(requests.getOrDefault(name, name)))
              .flatMap(Known::exposedAt);
      Instant since = exposed.or(test::startedAt).orElse(now);
      if (report.observedAt().filter(at -> at.isBefore(since)).isPresent()) {
        results.add(Result.TOO_OLD);
      } else if (told.containsKey(name)) {
        results.add(word.equals(told.get(name)) ? Result.REPEATED : Result.CONTRADICTING);
      } else {
        told.put(name, word);
        first.put(
            name,
            new Outcome(name, false, word, report.observedAt().orElseGet(() -> now.plus(SKEW))));
        results.add(exposed.isPresent() ? Result.COUNTED : Result.NOT_EXPOSED);
      }
    }
    units.recordGuardrail(test.id(), guardrail.metric(), first.values());
    if (results.contains(Result.NOT_EXPOSED)) {
      dropped.addAndGet(
          units.dropGuardrailWaiting(test.id(), guardrail.metric(), settings.waiting()));
    }
    return new OutcomeReceipt(results);
  }

  /** Only a ratio is out of something. */
  private static Told told(Kind kind, OutcomeReport report) {
    return new Told(
        // Adding 0 makes one of the two zeros.
        report.value() + 0.0, report.denominator().filter(_ -> kind == Kind.RATIO));
  }

  /** Refuses the whole call: what does not fit one metric was meant for another. */
  private static void requireFitting(Kind kind, List<OutcomeReport> reports) {
    for (int i = 0; i < reports.size(); i++) {
      OutcomeReport report = reports.get(i);
      String at = "outcomes[" + i + "].";
      switch (kind) {
        case BINARY -> {
          if (report.value() != 0 && report.value() != 1) {
            throw Problem.invalid(
                at + "value",
                "must be 0 or 1: the running test counts yes or no; name another metric for a number");
          }
        }
        case MEAN -> {}
        case RATIO -> {
          if (report.denominator().isEmpty()) {
            throw Problem.invalid(
                at + "denominator", "is required: the running test compares a ratio");
          }
        }
      }
    }
  }

  /** One call's way through what is known and what it adds. */
  private final class Recording {

    private final AbTest test;
    private final Instant now = clock.instant();
    private final Map<Long, Long> unitsOfRequests = new HashMap<>();
    private final Map<Long, Known> known = new HashMap<>();
    private final Map<Long, Told> waitingRequests = new HashMap<>();
    private final Map<Long, Outcome> first = new LinkedHashMap<>();
    private final Map<Long, Outcome> early = new LinkedHashMap<>();
    private final Set<Long> contradicted = new HashSet<>();

    Recording(AbTest test) {
      this.test = test;
    }

    OutcomeReceipt all(List<OutcomeReport> reports) {
      requireFitting(test.design().kind(), reports);
      long[] hashes = new long[reports.size()];
      Set<Long> requests = new HashSet<>();
      Set<Long> named = new HashSet<>();
      for (int i = 0; i < hashes.length; i++) {
        OutcomeReport report = reports.get(i);
        hashes[i] = Assignment.hash(test.salt(), report.name());
        named.add(hashes[i]);
        if (report.subject() == Subject.REQUEST) {
          requests.add(hashes[i]);
        }
      }
      unitsOfRequests.putAll(units.unitsOfRequests(test.id(), requests));
      waitingRequests.putAll(units.waitingRequests(test.id(), requests));
      named.addAll(unitsOfRequests.values());
      known.putAll(units.units(test.id(), named));

      List<Result> results = new ArrayList<>();
      for (int i = 0; i < hashes.length; i++) {
        results.add(take(reports.get(i), hashes[i]));
      }
      units.record(test.id(), first.values());
      units.await(test.id(), early.values());
      units.contradict(test.id(), contradicted);
      int gone =
          results.contains(Result.NOT_EXPOSED)
              ? units.dropWaiting(test.id(), settings.waiting())
              : 0;
      dropped.addAndGet(gone);
      long tooOld = results.stream().filter(Result.TOO_OLD::equals).count();
      if (gone > 0 || tooOld > 0) {
        units.noteUncounted(test.id(), gone, tooOld);
      }
      return new OutcomeReceipt(results);
    }

    private Result take(OutcomeReport report, long hash) {
      if (report.observedAt().filter(at -> at.isBefore(startedAt())).isPresent()) {
        return Result.TOO_OLD;
      }
      if (report.subject() == Subject.UNIT) {
        return ofUnit(report, hash);
      }
      Long unit = unitsOfRequests.get(hash);
      if (unit != null) {
        return ofUnit(report, unit);
      }
      // A request that named no unit is one itself.
      Known itself = known.get(hash);
      return itself != null && itself.exposedAt().isPresent()
          ? ofUnit(report, hash)
          : ofUnheardRequest(report, hash);
    }

    private Result ofUnit(OutcomeReport report, long unit) {
      Known before = known.getOrDefault(unit, new Known(Optional.empty(), Optional.empty()));
      if (before.outcome().isPresent()) {
        return again(report, unit, before.outcome().get());
      }
      Optional<Instant> exposed = before.exposedAt();
      if (exposed.isPresent()
          && report.observedAt().filter(at -> at.isBefore(exposed.get())).isPresent()) {
        return Result.TOO_OLD;
      }
      known.put(unit, new Known(exposed, Optional.of(told(test.design().kind(), report))));
      first.put(unit, outcome(report, unit));
      return exposed.isPresent() ? Result.COUNTED : Result.NOT_EXPOSED;
    }

    private Result again(OutcomeReport report, long unit, Told before) {
      if (before.equals(told(test.design().kind(), report))) {
        return Result.REPEATED;
      }
      contradicted.add(unit);
      return Result.CONTRADICTING;
    }

    private Result ofUnheardRequest(OutcomeReport report, long request) {
      Told before = waitingRequests.get(request);
      if (before != null) {
        return before.equals(told(test.design().kind(), report))
            ? Result.REPEATED
            : Result.CONTRADICTING;
      }
      waitingRequests.put(request, told(test.design().kind(), report));
      early.put(request, outcome(report, request));
      return Result.NOT_EXPOSED;
    }

    private Outcome outcome(OutcomeReport report, long unit) {
      return new Outcome(
          unit,
          Arms.isChallengers(unit, test.design().weight()),
          told(test.design().kind(), report),
          report.observedAt().orElseGet(() -> now.plus(SKEW)));
    }

    private Instant startedAt() {
      return test.startedAt().orElse(now);
    }
  }
}
