package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.promotion.Verdict.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How a model ends, and begins again. */
class RetireModelTests {

  private final World world = new World();

  private Model model() {
    return world.models.find(Samples.MODEL).orElseThrow();
  }

  private static void assertRefused(ThrowingCallable act, RegistryError error) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }

  private static Status status(Transition transition, String type) {
    return transition.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow()
        .status();
  }

  /** A version in each stage, all waiting for nothing but a second person. */
  private void hasVersionsInEveryStage() {
    world.superseded(1);
    world.has(2, Stage.PRODUCTION);
    world.has(3, Stage.STAGING);
    world.has(4, Stage.DEVELOPMENT);
    world.has(5, Stage.ARCHIVED);
  }

  @Test
  void every_live_version_is_archived_once_somebody_else_approved() {
    hasVersionsInEveryStage();
    Transition rehearsed = world.retire(World.ALICE, true);
    assertThat(rehearsed.state()).isEqualTo(TransitionState.PENDING);
    Transition waits = world.retire(World.ALICE, false);
    assertThat(waits.version().value()).isEqualTo(2);
    assertThat(waits.conditions()).filteredOn(condition -> !condition.opens()).hasSize(1);
    assertRefused(() -> world.approve("user:alice", waits), RegistryError.FOUR_EYES);

    Transition done = world.approve("user:bob", waits);

    assertThat(done.state()).isEqualTo(TransitionState.COMPLETED);
    for (int version = 1; version <= 5; version++) {
      assertThat(world.stage(version)).as("version %d", version).isEqualTo(Stage.ARCHIVED);
    }
    assertThat(model().retirement())
        .hasValueSatisfying(
            retirement -> {
              assertThat(retirement.by()).isEqualTo("user:alice");
              assertThat(retirement.reason()).isEqualTo("Nobody needs it.");
              assertThat(retirement.transition()).isEqualTo(waits.id());
            });
    assertThat(world.history.at(Samples.MODEL, world.now()))
        .filteredOn(period -> period.transition().filter(waits.id()::equals).isPresent())
        .hasSize(4);
    assertThat(world.events.sent).contains("1=archived", "4=archived", "mirror");
    assertThat(world.audit.actions).contains("model.retired", "stage.changed");
  }

  @Test
  void it_waits_until_nothing_is_deployed_and_the_last_caller_has_gone() {
    ModelVersion version = world.has(2, Stage.PRODUCTION);
    world.deployed(2, 10_000);
    Transition waits = world.retire(World.ALICE, false);
    world.approve("user:bob", waits);
    Transition judged = world.settle(waits.id());
    assertThat(status(judged, "NothingDeployed")).isEqualTo(Status.NOT_MET);
    assertThat(status(judged, "TrafficDrained")).isEqualTo(Status.NOT_MET);
    assertRefused(() -> world.override("user:olga", waits), RegistryError.NOT_OVERRIDABLE);

    world.router.away(true);
    assertThat(status(world.settle(waits.id()), "NothingDeployed")).isEqualTo(Status.UNKNOWN);
    world.router.away(false);
    world.router.serve(
        World.TENANT.slug(),
        version.model().slug(),
        2,
        new Serving(false, List.of(), 0, true, 0, List.of(), Optional.of(world.now())));
    judged = world.settle(waits.id());
    assertThat(status(judged, "NothingDeployed")).isEqualTo(Status.MET);
    assertThat(status(judged, "TrafficDrained")).isEqualTo(Status.NOT_MET);

    world.pass(Duration.ofMinutes(2));
    assertThat(world.settle(waits.id()).state()).isEqualTo(TransitionState.COMPLETED);
  }

  @Test
  void a_deployed_version_beside_production_is_in_the_way() {
    world.has(2, Stage.PRODUCTION);
    world.has(3, Stage.DEVELOPMENT);
    world.deployed(3, 0);
    Condition condition =
        world.retire(World.ALICE, false).conditions().stream()
            .filter(one -> one.type().equals("NothingDeployed"))
            .findFirst()
            .orElseThrow();
    assertThat(condition.details()).containsEntry("versions", List.of(3));
    assertThat(condition.fixedBy()).contains(Condition.Who.ENGINEER);
  }

  @Test
  void asked_again_it_is_the_same_request_and_of_others_refused() {
    world.has(2, Stage.PRODUCTION);
    Transition waits = world.retire(World.ALICE, false);
    assertThat(world.retire(World.ALICE, false).id()).isEqualTo(waits.id());
    assertRefused(() -> world.retire(World.OWNER, false), RegistryError.TRANSITION_OPEN);
    assertRefused(
        () -> world.promote(World.ALICE, 2, Stage.ARCHIVED), RegistryError.TRANSITION_OPEN);
    world.approve("user:bob", waits);
    assertThat(world.retire(World.OWNER, false).id()).isEqualTo(waits.id());
    assertThat(world.audit.actions).containsOnlyOnce("model.retired");
  }

  @Test
  void another_version_in_production_ends_the_request() {
    world.has(2, Stage.PRODUCTION);
    Transition waits = world.retire(World.ALICE, false);
    ModelVersion next = world.has(3, Stage.STAGING);
    world.played(next);
    world.better(next);
    world.approve("user:bob", world.promote(World.ALICE, 3, Stage.PRODUCTION));
    assertThat(world.transitions.find(waits.id()).orElseThrow().state())
        .isEqualTo(TransitionState.FAILED);
    assertThat(model().retirement()).isEmpty();
  }

  @Test
  void open_requests_end_with_it() {
    world.has(2, Stage.PRODUCTION);
    world.has(3, Stage.STAGING);
    Transition other = world.promote(World.ALICE, 3, Stage.PRODUCTION);
    world.approve("user:bob", world.retire(World.ALICE, false));
    assertThat(world.transitions.find(other.id()).orElseThrow().ended())
        .hasValueSatisfying(end -> assertThat(end.reason()).isEqualTo("The model was retired."));
  }

  @Test
  void rejected_or_cancelled_it_changes_nothing() {
    world.has(2, Stage.PRODUCTION);
    world.reject("user:bob", world.retire(World.ALICE, false));
    world.cancel(World.ALICE, world.retire(World.ALICE, false));
    assertThat(world.stage(2)).isEqualTo(Stage.PRODUCTION);
    assertThat(model().retirement()).isEmpty();
  }

  @Test
  void a_model_without_production_can_be_retired_and_one_without_live_versions_not() {
    world.has(1, Stage.DEVELOPMENT);
    world.has(2, Stage.STAGING);
    world.has(3, Stage.DEVELOPMENT);
    Transition waits = world.retire(World.ALICE, false);
    assertThat(waits.version().value()).isEqualTo(2);
    world.approve("user:bob", waits);
    world.reactivate();
    assertRefused(() -> world.retire(World.ALICE, false), RegistryError.NOTHING_TO_RETIRE);
  }

  @Test
  void retired_it_takes_no_promotions_until_it_is_brought_back() {
    world.has(2, Stage.PRODUCTION);
    assertRefused(world::reactivate, RegistryError.NOT_RETIRED);
    world.approve("user:bob", world.retire(World.ALICE, false));
    world.checked(world.has(3, Stage.DEVELOPMENT));
    assertThatThrownBy(() -> world.promote(World.ALICE, 3, Stage.STAGING))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.error()).isEqualTo(RegistryError.MODEL_RETIRED);
              assertThat(problem.detail()).contains("user:alice", "Nobody needs it.", "reactivate");
            });

    world.reactivate();

    assertThat(model().retirement()).isEmpty();
    assertThat(world.stage(2)).isEqualTo(Stage.ARCHIVED);
    assertThat(world.promote(World.ALICE, 3, Stage.STAGING).state())
        .isEqualTo(TransitionState.COMPLETED);
    assertThat(world.audit.actions).contains("model.reactivated", "reactivation.refused");
  }
}
