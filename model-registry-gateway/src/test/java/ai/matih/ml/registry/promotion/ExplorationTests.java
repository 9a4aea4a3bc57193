package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.registry.promotion.Exploration.Configuration;
import ai.matih.ml.registry.promotion.Exploration.Found;
import ai.matih.ml.registry.promotion.Exploration.May;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Every reachable state of small configurations, more than half a million of them, in a JVM of its
 * own.
 */
@Tag("exploration")
class ExplorationTests {

  @BeforeAll
  static void sayNothingOfExpectedRefusals() {
    ((Logger) LoggerFactory.getLogger("ai.matih.ml.registry.promotion")).setLevel(Level.OFF);
  }

  private static final Configuration EMERGENCIES =
      Configuration.of(
          "two versions, emergencies",
          2,
          2,
          s -> {
            inStaging(s);
            inProduction(s, 0);
            s.served[1] = 1;
          },
          May.INTEGRATION,
          May.AWAY,
          May.OVERRIDE,
          May.ROLL_BACK,
          May.ARCHIVE);

  static List<Configuration> configurations() {
    return List.of(
        Configuration.of("one version, everything", 1, 3, _ -> {}, May.values()),
        EMERGENCIES,
        Configuration.of(
            "two versions, evidence and approvals that change",
            2,
            3,
            ExplorationTests::inStaging,
            May.INTEGRATION,
            May.VERDICT,
            May.AWAY,
            May.APPROVALS_EXPIRE,
            May.REJECT),
        Configuration.of(
            "two versions, policies and requests that change",
            2,
            2,
            ExplorationTests::inStaging,
            May.INTEGRATION,
            May.VERDICT,
            May.AWAY,
            May.APPROVALS_EXPIRE,
            May.POLICY,
            May.TRANSITIONS_EXPIRE),
        Configuration.of(
            "three versions race, the router is away at times",
            3,
            2,
            ExplorationTests::inStaging,
            May.INTEGRATION,
            May.VERDICT,
            May.AWAY));
  }

  /** Acts on two models in turn, under one clock, one router and in the same stores. */
  static List<Configuration> pairs() {
    return List.of(
        Configuration.of(
            "two models, a version each",
            new ExploredState(2, 2),
            3,
            ExplorationTests::inStaging,
            May.INTEGRATION,
            May.VERDICT,
            May.AWAY,
            May.APPROVALS_EXPIRE,
            May.REJECT),
        Configuration.of(
            "two models, one is rolled back",
            new ExploredState(2, 3),
            2,
            s -> {
              inStaging(s);
              inProduction(s, 0);
              s.served[2] = 1;
            },
            May.INTEGRATION,
            May.AWAY,
            May.ROLL_BACK));
  }

  /**
   * Two models with three versions each and three people, all at once, from where all six wait for
   * nothing but an approval. Its states are the products of two configurations of a hundred
   * thousand and more, so only those near its start are visited.
   */
  private static Configuration joint() {
    return Configuration.of(
        "two models, three versions of each wait for approval, the router is away at times",
        ExploredState.racing(2, 6),
        3,
        s -> {
          inStaging(s);
          Arrays.fill(s.integration, 2);
          for (int v = 0; v < s.count; v++) {
            s.requester[v][2] = v / 2 + 1;
          }
        },
        May.INTEGRATION,
        May.VERDICT,
        May.AWAY);
  }

  private static final long ENOUGH_OF_THE_JOINT_ONE = 100_000;

  private static void inStaging(ExploredState s) {
    Arrays.fill(s.stage, 1);
    Arrays.fill(s.verdict, 1);
  }

  private static void inProduction(ExploredState s, int v) {
    s.stage[v] = 2;
    s.served[v] = 1;
    s.verdict[v] = 0;
  }

  /** The first violation in a small configuration; empty when there is none. */
  static String violationInEmergencies() throws InterruptedException {
    sayNothingOfExpectedRefusals();
    try {
      new Exploration(EMERGENCIES).run();
      return "";
    } catch (AssertionError violation) {
      return String.valueOf(violation.getMessage());
    }
  }

  @Test
  void nothing_that_must_never_fail_fails() throws InterruptedException {
    long visited = 0;
    for (Configuration configuration : configurations()) {
      Found found = explore(configuration);
      assertThat(found.states()).as(configuration.name()).isGreaterThan(10_000);
      visited += found.states();
    }
    for (Configuration pair : pairs()) {
      long together = explore(pair).states();
      long first = explore(pair.alone(0)).states();
      long second = explore(pair.alone(1)).states();
      // Each state of one with each of the other, but the router is away for both.
      assertThat(2 * together).as(pair.name()).isEqualTo(first * second);
      visited += together;
    }
    System.out.printf(
        "%,d states visited, all that there are in these configurations, and each act that changes something interrupted after each of its transactions.%n",
        visited);
    assertThat(visited).isGreaterThanOrEqualTo(650_000);
  }

  /** Bounded, and said to be: it shows nothing of what lies behind its edge. */
  @Test
  void nothing_fails_where_two_models_of_three_versions_and_three_people_begin()
      throws InterruptedException {
    Found found = explore(joint(), ENOUGH_OF_THE_JOINT_ONE);
    System.out.printf(
        "Bounded: of the joint configuration every act from each of %,d states was tried, all that are less than %d acts from its start; the %,d states at that edge were reached, held to the rules, and not gone on from. There are many more.%n",
        found.states() - found.left(), found.depth(), found.left());
    assertThat(found.states()).isGreaterThanOrEqualTo(ENOUGH_OF_THE_JOINT_ONE);
    assertThat(found.left()).as("else it is not bounded, and can join the others").isPositive();
  }

  private static Found explore(Configuration configuration) throws InterruptedException {
    return explore(configuration, Long.MAX_VALUE);
  }

  private static Found explore(Configuration configuration, long enough)
      throws InterruptedException {
    long began = System.nanoTime();
    Found found = new Exploration(configuration).run(enough);
    System.out.printf(
        "%s: %,d states, %,d acts, %,d crashes, depth %d, %.1f s%n",
        configuration.name(),
        found.states(),
        found.acts(),
        found.crashes(),
        found.depth(),
        (System.nanoTime() - began) / 1e9);
    return found;
  }
}
