package ai.matih.ml.registry.evidence;

import static ai.matih.ml.registry.evidence.EvidenceWorld.here;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.fixture.TestBundles;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The golden rows played against the deployed version ... */
class PlayGoldenRowsTests {

  private final EvidenceWorld world = new EvidenceWorld("{}");

  private Evidence played() {
    return here(() -> world.golden.play(world.version(), Serving.NOBODY));
  }

  @Test
  void pass_when_it_answers_as_the_trained_model() {
    world.registered();
    world.router.deploy("acme", "churn", 1, 0);
    assertThat(played().outcome()).isEqualTo(Outcome.PASSED);
    world.router.answerWrongly("acme", "churn", 1, 17);
    Evidence wrong = played();
    assertThat(wrong.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(wrong.checks().getLast().detail()).contains("golden rows differ");
  }

  @Test
  void were_not_run_when_the_router_refuses_the_call() {
    world.registered();
    Evidence refused = played();
    assertThat(refused.outcome()).isEqualTo(Outcome.NOT_RUN);
    assertThat(refused.checks().getLast().detail()).contains("409");
  }

  @Test
  void were_not_run_where_there_is_nothing_to_compare() {
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put("golden.json", TestBundles.utf8("{\"tolerance\":1e-4,\"rows\":[]}"));
    world.registered(files);
    world.router.deploy("acme", "churn", 1, 0);
    Evidence none = played();
    assertThat(none.outcome()).isEqualTo(Outcome.NOT_RUN);
    assertThat(none.checks().getLast().detail()).contains("0 golden rows; 10 are needed");
    files.remove("golden.json");
    EvidenceWorld other = new EvidenceWorld("{}");
    other.registered(files);
    assertThat(here(() -> other.golden.play(other.version(), Serving.NOBODY)).outcome())
        .isEqualTo(Outcome.NOT_RUN);
  }

  @Test
  void may_lack_a_number_far_from_the_training_rows() {
    Map<String, byte[]> files = new HashMap<>(TestBundles.good("x"));
    files.put(
        "reference_profile.json",
        TestBundles.utf8(
            "{\"rows\":60,\"columns\":{\"x\":{\"type\":\"number\",\"missing\":0,\"edges\":[0,20],\"frequencies\":[1]}}}"));
    world.registered(files);
    world.router.deploy("acme", "churn", 1, 0);
    world.router.overflowAbove(50);
    Evidence far = played();
    assertThat(far.outcome()).as(far.checks().getLast().detail()).isEqualTo(Outcome.PASSED);
    assertThat(far.checks().getLast().measured()).containsEntry("without_number", 9);
    world.router.overflowAbove(10);
    assertThat(played().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void are_tried_again_later_when_nobody_answers() {
    world.registered();
    world.router.away(true);
    assertThatThrownBy(this::played).isInstanceOf(EngineFailure.Unavailable.class);
    world.router.away(false);
    world.use.bundles.away(true);
    assertThatThrownBy(this::played).isInstanceOf(EngineFailure.Unavailable.class);
    assertThat(world.latest(Evidence.PLATFORM_INTEGRATION)).isEmpty();
  }
}
