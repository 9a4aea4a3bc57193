package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.abtest.OutcomeReceipt.Result;
import ai.matih.ml.serving.abtest.OutcomeReport.Subject;
import ai.matih.ml.serving.abtest.Units.Known;
import ai.matih.ml.serving.abtest.Units.Outcome;
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
              .map(test -> new Recording(test).all(reports))
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
        .filter(test -> metric.isEmpty() || metric.get().equals(test.design().metric()));
  }

  /** One call's way through what is known and what it adds. */
  private final class Recording {

    private final AbTest test;
    private final Instant now = clock.instant();
    private final Map<Long, Long> unitsOfRequests = new HashMap<>();
    private final Map<Long, Known> known = new HashMap<>();
    private final Map<Long, Double> waitingRequests = new HashMap<>();
    private final Map<Long, Outcome> first = new LinkedHashMap<>();
    private final Map<Long, Outcome> early = new LinkedHashMap<>();
    private final Set<Long> contradicted = new HashSet<>();

    Recording(AbTest test) {
      this.test = test;
    }

    OutcomeReceipt all(List<OutcomeReport> reports) {
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
      if (results.contains(Result.NOT_EXPOSED)) {
        dropped.addAndGet(units.dropWaiting(test.id(), settings.waiting()));
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
      known.put(unit, new Known(exposed, Optional.of(report.value())));
      first.put(unit, outcome(report, unit));
      return exposed.isPresent() ? Result.COUNTED : Result.NOT_EXPOSED;
    }

    private Result again(OutcomeReport report, long unit, double before) {
      if (before == report.value()) {
        return Result.REPEATED;
      }
      contradicted.add(unit);
      return Result.CONTRADICTING;
    }

    private Result ofUnheardRequest(OutcomeReport report, long request) {
      Double before = waitingRequests.get(request);
      if (before != null) {
        return before == report.value() ? Result.REPEATED : Result.CONTRADICTING;
      }
      waitingRequests.put(request, report.value());
      early.put(request, outcome(report, request));
      return Result.NOT_EXPOSED;
    }

    private Outcome outcome(OutcomeReport report, long unit) {
      return new Outcome(
          unit,
          Arms.isChallengers(unit, test.design().weight()),
          report.value(),
          report.observedAt().orElseGet(() -> now.plus(SKEW)));
    }

    private Instant startedAt() {
      return test.startedAt().orElse(now);
    }
  }
}
