package ai.matih.ml.common.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WorkersTests {

  private final Workers workers = new Workers(1);

  @Test
  void refuses_when_all_places_are_taken() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> done = new CompletableFuture<>();
    assertThat(workers.tryRun(() -> await(end), () -> done.complete(null))).isTrue();
    assertThat(workers.tryRun(() -> {}, () -> {})).isFalse();
    assertThat(workers.busy()).isEqualTo(1);
    end.countDown();
    done.get(10, TimeUnit.SECONDS);
    assertThat(workers.busy()).isZero();
  }

  @Test
  void gives_the_place_back_before_what_comes_after_the_work() throws Exception {
    CompletableFuture<Boolean> second = new CompletableFuture<>();
    workers.tryRun(() -> {}, () -> second.complete(workers.tryRun(() -> {}, () -> {})));
    assertThat(second.get(10, TimeUnit.SECONDS)).as("a second place for the same request").isTrue();
  }

  @Test
  void gives_the_place_back_when_the_work_fails() throws Exception {
    CompletableFuture<Integer> busy = new CompletableFuture<>();
    workers.tryRun(
        () -> {
          throw new IllegalStateException("fails on purpose");
        },
        () -> busy.complete(workers.busy()));
    assertThat(busy.get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void counts_what_works_on_its_own_thread() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> done = new CompletableFuture<>();
    workers.tryRun(() -> await(end), () -> done.complete(null));
    assertThatThrownBy(() -> workers.runHere(() -> "found"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.error()).isEqualTo(CommonError.OVERLOADED));
    end.countDown();
    done.get(10, TimeUnit.SECONDS);

    assertThat(workers.<Integer>runHere(workers::busy)).isEqualTo(1);
    assertThat(workers.busy()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
