package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Door;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A repeated write with its key is the same write. */
class IdempotencyIT {

  private static Door door;

  @BeforeAll
  static void tenant() {
    door = RunningPlatform.freshTenant();
  }

  static Stream<Arguments> writes() {
    String name = "again-" + RunningPlatform.suffix();
    return Stream.of(
        Arguments.of("/experiments", Map.of("name", name), "/experiments?name_contains=" + name),
        Arguments.of(
            "/models",
            Map.of("name", name, "task", "regression"),
            "/models?name_contains=" + name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writes")
  void a_repeat_replays_the_first_answer(String path, Map<String, Object> body, String list) {
    String key = UUID.randomUUID().toString();

    Answer first = door.post(path, body, key).expect(201);
    Answer second = door.post(path, body, key).expect(201);

    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.header("Idempotent-Replayed")).contains("true");
    door.post(
            path, Map.of("name", "other-" + RunningPlatform.suffix(), "description", "other"), key)
        .expect(400, 422);
    assertThat(door.get(list).expect(200).json().get("items")).hasSize(1);
  }
}
