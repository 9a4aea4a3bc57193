package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.registry.promotion.Exploration.Configuration;
import ai.matih.ml.registry.promotion.Exploration.Found;
import ai.matih.ml.registry.promotion.Exploration.May;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Every reachable state of small configurations. */
class ExplorationTests {

  @BeforeAll
  static void sayNothingOfExpectedRefusals() {
    ((Logger) LoggerFactory.getLogger("ai.matih.ml.registry.promotion")).setLevel(Level.OFF);
  }

  static List<Configuration> configurations() {
    return List.of(
        Configuration.of("one version, everything", 1, 3, _ -> {}, May.values()),
        Configuration.of(
            "two versions, emergencies",
            2,
            2,
            s -> {
              s.stage[0] = 2;
              s.served[0] = 1;
              s.stage[1] = 1;
              s.served[1] = 1;
              s.verdict[1] = 1;
            },
            May.INTEGRATION,
            May.AWAY,
            May.OVERRIDE,
            May.ROLL_BACK,
            May.ARCHIVE),
        Configuration.of(
            "three versions race for Production",
            3,
            2,
            s -> {
              for (int v = 0; v < 3; v++) {
                s.stage[v] = 1;
                s.verdict[v] = 1;
              }
            },
            May.INTEGRATION));
  }

  /** The first violation in a small configuration; empty when there is none. */
  static String violationInEmergencies() throws InterruptedException {
    sayNothingOfExpectedRefusals();
    try {
      new Exploration(configurations().get(1)).run();
      return "";
    } catch (AssertionError violation) {
      return String.valueOf(violation.getMessage());
    }
  }

  @Test
  void nothing_that_must_never_fail_fails() throws InterruptedException {
    long visited = 0;
    for (Configuration configuration : configurations()) {
      long began = System.nanoTime();
      Found found = new Exploration(configuration).run();
      assertThat(found.states()).as(configuration.name()).isGreaterThan(1_000);
      visited += found.states();
      System.out.printf(
          "%s: %,d states, %,d acts, %,d crashes, depth %d, %.1f s%n",
          configuration.name(),
          found.states(),
          found.acts(),
          found.crashes(),
          found.depth(),
          (System.nanoTime() - began) / 1e9);
    }
    System.out.printf(
        "%,d states visited. Every row and lock is of one model, so two models are in one of %,d pairs of them; the pairs were not visited.%n",
        visited, visited * visited);
  }
}
