package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.testing.OpenApiContract;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One router on a real PostgreSQL and a real S3 store, through its own HTTP. */
class ServingIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";

  @TempDir static Path data;

  private static Neighbours neighbours;
  private static RouterUnderTest router;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    router =
        RouterUnderTest.start(
            TestEngines.postgres().freshDatabase("serving"), data, neighbours.url());
  }

  @AfterAll
  static void stop() {
    router.close();
    neighbours.close();
  }

  @Test
  void a_production_version_is_deployed_and_answers_with_features_by_name() {
    neighbours.register("acme", "late", 1, "production", "numeric-v1");
    router.deployed("late", 1, DIRECT);

    Answer answer =
        router
            .post(
                "/predict",
                """
                {"model_id":"late","features":{"temp":1.5,"wind_speed":null,"distance":3},
                 "unit_id":"user-17","options":{"return_probabilities":true}}
                """)
            .expect(200);

    assertThat(answer.number("/model_version")).isEqualTo(1);
    assertThat(answer.text("/variant")).isEqualTo("stable");
    assertThat(answer.number("/prediction")).isEqualTo(1);
    assertThat(answer.body().at("/probabilities")).hasSize(2);
    assertThat(
            answer.body().at("/probabilities/0").asDouble()
                + answer.body().at("/probabilities/1").asDouble())
        .isCloseTo(1.0, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(answer.text("/request_id"))
        .isEqualTo(answer.http().headers().firstValue("X-Request-Id").orElseThrow());
  }

  @Test
  void the_api_is_the_one_that_is_checked_in() {
    OpenApiContract.verify(
        router.get("/v3/api-docs").expect(200).http().body(),
        Path.of("src/main/openapi/serving-router.json"));
  }
}
