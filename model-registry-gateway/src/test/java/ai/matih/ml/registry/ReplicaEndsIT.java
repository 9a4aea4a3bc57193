package ai.matih.ml.registry;

import static ai.matih.ml.common.testing.ReplicaEnds.AFTER_A_CRASH;
import static ai.matih.ml.common.testing.ReplicaEnds.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.testing.ReplicaEnds;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.fixture.FakeEvaluationDataSets;
import ai.matih.ml.registry.fixture.Hang;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.Walk;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica that ends in the middle of a step does not keep what it holds. */
class ReplicaEndsIT {

  private static final String EVALUATED =
      "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"evaluation\":{\"dataset\":\"%s\",\"target_column\":\"late\"}}"
          .formatted(FakeEvaluationDataSets.FLIGHTS);

  /** Where the step hangs in the replica that ends. */
  enum Where {
    CHECKS,
    MEASUREMENT;

    Hang in(RegistryUnderTest registry) {
      return switch (this) {
        case CHECKS -> registry.router().checks();
        case MEASUREMENT -> registry.versionJobs().requests();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_orderly_end_gives_the_step_to_another_replica_at_once(Where where)
      throws InterruptedException {
    assertThat(pause(where, RegistryUnderTest::close, AT_ONCE)).isLessThan(AT_ONCE);
  }

  @ParameterizedTest
  @EnumSource
  void after_a_crash_another_replica_takes_the_step_soon(Where where) throws InterruptedException {
    assertThat(pause(where, RegistryUnderTest::kill, AFTER_A_CRASH)).isLessThan(AFTER_A_CRASH);
  }

  private static Duration pause(Where where, Consumer<RegistryUnderTest> end, Duration most)
      throws InterruptedException {
    RegistryUnderTest mortal =
        RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    try {
      mortal.versionJobs().measure(0.9);
      Walk walk = new Walk(mortal);
      String model = walk.model("Ending", EVALUATED);
      walk.trainedRun("r1", 0.9);
      CountDownLatch begun = where.in(mortal).next();
      walk.register(model, "r1").expect(201);
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      try (RegistryUnderTest successor = mortal.replica()) {
        return ReplicaEnds.pause(
            () -> end.accept(mortal),
            () ->
                successor
                    .get(walk.alice, "/models/" + model + "/versions/1/validations")
                    .text("/items/0/status")
                    .equals("done"),
            most);
      }
    } finally {
      mortal.close();
    }
  }
}
