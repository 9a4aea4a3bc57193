package ai.matih.ml.local.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.StopSignal;
import ai.matih.ml.local.supervision.PartPlan.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor over small real programs of the shell. */
@Timeout(60)
class SupervisorTests {

  private static final RestartPolicy QUICK =
      new RestartPolicy(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMinutes(1));

  @TempDir Path folder;
  private @Nullable Supervisor supervisor;

  @AfterEach
  void endEverything() throws InterruptedException {
    if (supervisor != null) {
      supervisor.stop();
    }
  }

  @Test
  void starts_parts_in_their_order_and_becomes_ready() throws Exception {
    var order = "echo %s >> " + folder.resolve("order") + "; exec sleep 1000";
    var started =
        start(
            part("second", order.formatted("second"), Set.of("first")),
            part("first", order.formatted("first"), Set.of()));

    await(started, state -> state.phase() == Phase.READY);
    assertThat(Files.readAllLines(folder.resolve("order"))).containsExactly("first", "second");
  }

  @Test
  void starts_a_killed_part_again_and_says_how_often() throws Exception {
    var started = start(part("only", "exec sleep 1000", Set.of()));
    await(started, state -> state.phase() == Phase.READY);
    var victim = only(started.state()).identity().orElseThrow();

    victim.find().orElseThrow().destroyForcibly();

    await(started, state -> only(state).restarts() == 1 && state.phase() == Phase.READY);
    assertThat(only(started.state()).identity().orElseThrow()).isNotEqualTo(victim);
    assertThat(only(started.state()).lastFailure()).isEqualTo("it ended");
  }

  @Test
  void a_platform_that_cannot_start_is_stopped_again_and_says_why() throws Exception {
    var started =
        start(
            part("good", "exec sleep 1000", Set.of()),
            part("bad", "echo no such luck; exit 3", Set.of("good")));

    await(started, state -> state.phase() == Phase.FAILED);
    assertThat(started.state().message())
        .contains("bad", "it ended while starting", "no such luck");
    assertThat(started.state().parts()).allMatch(part -> part.phase() == PartPhase.STOPPED);
    started.awaitEnd();
  }

  @Test
  void stopping_ends_children_and_orphans_too() throws Exception {
    var child = folder.resolve("child");
    var started =
        start(part("only", "(sleep 1000 & echo $! > " + child + "); exec sleep 1000", Set.of()));
    await(started, state -> state.phase() == Phase.READY && Files.exists(child));
    var orphan = ProcessHandle.of(Long.parseLong(Files.readString(child).strip())).orElseThrow();
    assertThat(orphan.isAlive()).isTrue();

    started.stop();

    assertThat(orphan.info().command()).isEmpty();
    assertThat(started.state().phase()).isEqualTo(Phase.STOPPED);
  }

  @Test
  void a_new_supervisor_takes_over_what_a_dead_one_left() throws Exception {
    var plan = part("only", "exec sleep 1000", Set.of());
    var dead = start(plan);
    await(dead, state -> state.phase() == Phase.READY);
    var running = only(dead.state());

    var heir =
        new Supervisor(
            new StartPlan(List.of(plan)),
            folder.resolve("state"),
            first(List.of(waiting(running))),
            2,
            QUICK);
    supervisor = heir;
    heir.start();

    await(heir, state -> state.phase() == Phase.READY);
    assertThat(only(heir.state()).identity()).isEqualTo(running.identity());
    assertThat(only(heir.state()).restarts()).isZero();
  }

  private Supervisor start(PartPlan... plans) {
    var parts = List.of(plans).stream().map(plan -> waiting(plan.name())).toList();
    var started =
        new Supervisor(
            new StartPlan(List.of(plans)), folder.resolve("state"), first(parts), 2, QUICK);
    supervisor = started;
    started.start();
    return started;
  }

  private static void await(Supervisor supervisor, Predicate<PlatformState> condition)
      throws InterruptedException {
    while (!condition.test(supervisor.state())) {
      Thread.sleep(20);
    }
  }

  private static Part only(PlatformState state) {
    return state.parts().getFirst();
  }

  private PlatformState first(List<Part> parts) {
    return new PlatformState(
        folder.toString(), Phase.STARTING, null, null, Instant.EPOCH, "", "", Map.of(), parts);
  }

  private static Part waiting(String name) {
    return new Part(name, PartPhase.WAITING, null, null, 0, 0, null, null, "", null);
  }

  private static Part waiting(Part running) {
    return new Part(
        running.name(),
        PartPhase.WAITING,
        running.pid(),
        running.startedAt(),
        0,
        0,
        null,
        null,
        running.log(),
        running.fingerprint());
  }

  private PartPlan part(String name, String script, Set<String> after) {
    return new PartPlan(name, after, false, () -> spec(name, script), Completion.nothing());
  }

  private ProcessSpec spec(String name, String script) throws IOException {
    return new ProcessSpec(
        name,
        List.of("sh", "-c", script),
        Map.of(),
        folder,
        folder.resolve(name + ".log"),
        0,
        new SteadyFor(3),
        Duration.ofSeconds(20),
        StopSignal.TERM,
        Duration.ofSeconds(5));
  }

  /** Ready at the n-th question, so that a program that ends at once is seen to end. */
  private static final class SteadyFor implements ai.matih.ml.local.process.Readiness {
    private int questions;

    SteadyFor(int questions) {
      this.questions = questions;
    }

    @Override
    public boolean ready() {
      return --questions <= 0;
    }
  }
}
