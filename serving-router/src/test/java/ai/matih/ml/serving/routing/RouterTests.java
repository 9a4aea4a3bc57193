package ai.matih.ml.serving.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.InputRules;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.ScoringModel;
import ai.matih.ml.serving.traffic.Share;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The router ... */
class RouterTests {

  private static final Tenant TENANT = new Tenant("acme");
  private static final ModelId MODEL = new ModelId("late");
  private static final Snapshot.Key KEY = new Snapshot.Key(TENANT, MODEL);

  private final PinnedCallers pins = new PinnedCallers();
  private final Router router = new Router(pins, Clock.systemUTC());

  @Test
  void sends_a_unit_to_the_same_target_every_time() {
    LiveModel one = live(new Probe());
    LiveModel two = live(new Probe());
    router.swap(snapshot(1, one, two, 5000));

    for (int i = 0; i < 200; i++) {
      String unit = "user-" + i;
      try (RoutedModel first = router.assigned(TENANT, MODEL, unit);
          RoutedModel second = router.assigned(TENANT, MODEL, unit)) {
        assertThat(second.target().version()).isEqualTo(first.target().version());
        assertThat(second.target().bucket()).isEqualTo(first.target().bucket());
      }
    }
    assertThat(one.inFlight()).isZero();
  }

  @Test
  void tells_who_pinned_a_version() {
    router.swap(snapshot(1, live(new Probe()), live(new Probe()), 0));
    try (RoutedModel routed = router.pinned(TENANT, MODEL, 2, "user:bob")) {
      assertThat(routed.target().pinned()).isTrue();
      assertThat(routed.target().version()).isEqualTo(2);
    }
    assertThat(pins.take().keySet())
        .extracting(PinnedCallers.Pin::principal)
        .containsExactly("user:bob");
    assertThat(pins.take()).isEmpty();
  }

  @Test
  void knows_nothing_of_another_tenants_model() {
    router.swap(snapshot(1, live(new Probe()), live(new Probe()), 0));
    assertThatThrownBy(() -> router.assigned(new Tenant("globex"), MODEL, "u"))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.error()).isEqualTo(ServingError.MODEL_NOT_SERVED));
  }

  @Test
  void never_lets_anybody_into_a_closed_model() {
    Probe probe = new Probe();
    LiveModel live = live(probe);
    assertThat(live.enter()).isTrue();
    live.retire();
    live.retire();
    assertThat(probe.closed).isFalse();
    assertThat(live.inFlight()).isEqualTo(1);
    live.leave();
    assertThat(probe.closed).isTrue();
    assertThat(live.enter()).isFalse();
  }

  /**
   * Models are swapped and retired as fast as possible while many threads score. No request fails,
   * none scores on a closed model, every closed model was closed once, and after a swap nobody
   * begins on what was swapped out.
   */
  @Test
  void swaps_hot_under_load_without_one_failed_request() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger answers = new AtomicInteger();
    List<Probe> probes = new ArrayList<>();
    Probe first = new Probe();
    probes.add(first);
    LiveModel current = live(first);
    router.swap(snapshot(1, current, current, 0));
    List<Future<?>> users = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 8; t++) {
        int user = t;
        users.add(
            threads.submit(
                () -> {
                  while (!stop.get()) {
                    try (RoutedModel routed = router.assigned(TENANT, MODEL, "user-" + user)) {
                      routed.model().score(new Batch(Probe.SIGNATURE, 1));
                      answers.incrementAndGet();
                    }
                  }
                }));
      }
      for (int revision = 2; revision <= 2_000; revision++) {
        Probe probe = new Probe();
        probes.add(probe);
        LiveModel next = live(probe);
        router.swap(snapshot(revision, next, next, 0));
        current.retire();
        current = next;
        LockSupport.parkNanos(20_000);
      }
      stop.set(true);
      for (Future<?> user : users) {
        user.get();
      }
    }
    assertThat(answers.get()).isPositive();
    assertThat(probes.subList(0, probes.size() - 1)).allMatch(probe -> probe.closes.get() == 1);
    assertThat(probes.getLast().closed).isFalse();
    assertThat(current.inFlight()).isZero();
  }

  private static LiveModel live(Probe probe) {
    return new LiveModel(probe, new ScoringLimit(8, 0, Duration.ZERO), true);
  }

  private static Snapshot snapshot(int revision, LiveModel one, LiveModel two, int secondBps) {
    ServedVersion first = new ServedVersion(1, "d1", Stage.PRODUCTION, InputRules.DEFAULT, one);
    ServedVersion second = new ServedVersion(2, "d2", Stage.STAGING, InputRules.DEFAULT, two);
    List<Share> shares = new ArrayList<>();
    shares.add(new Share(1, "d1", "stable", new Weight(Weight.ALL_BPS - secondBps)));
    shares.add(new Share(2, "d2", "canary", new Weight(secondBps)));
    TrafficDocument document =
        new TrafficDocument(
            MODEL,
            revision,
            "salt",
            Split.NOTHING.reshared(shares),
            Cause.CHANGED,
            Optional.empty(),
            "user:alice",
            Instant.EPOCH,
            Optional.empty());
    List<ServedVersion> targets = secondBps > 0 ? List.of(first, second) : List.of(first);
    return new Snapshot(Map.of(KEY, new Route(document, targets, Map.of(1L, first, 2L, second))));
  }

  /** A model that notices when it is used after its end. */
  private static final class Probe implements ScoringModel {

    static final Signature SIGNATURE =
        new Signature(
            2,
            Task.REGRESSION,
            List.of(new Column("a", ColumnType.DOUBLE, true)),
            List.of(),
            Optional.empty());

    private final AtomicInteger closes = new AtomicInteger();
    private volatile boolean closed;

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public Scores score(Batch batch) {
      if (closed) {
        throw new IllegalStateException("scored on a closed model");
      }
      LockSupport.parkNanos(1_000);
      if (closed) {
        throw new IllegalStateException("closed while scoring");
      }
      return new Scores(SIGNATURE, 1, new float[] {1});
    }

    @Override
    public void close() {
      closed = true;
      closes.incrementAndGet();
    }
  }
}
