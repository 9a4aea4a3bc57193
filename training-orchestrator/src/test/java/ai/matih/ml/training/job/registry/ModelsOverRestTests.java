package ai.matih.ml.training.job.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.testing.StubService;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.job.RegistryModels;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

/** What is asked of model-registry-gateway about a model, and what is made of its answers. */
class ModelsOverRestTests {

  private final StubService server = new StubService("model-registry-gateway");
  private final ModelsOverRest models =
      new ModelsOverRest(
          new EngineClients(RestClient.builder(), new SimpleMeterRegistry()),
          new Addresses(Map.of("registry", server.url()), Map.of()),
          new ServiceTokens(TestTokens.signer("training-orchestrator"), Clock.systemUTC()));

  @AfterEach
  void stop() {
    server.close();
  }

  private RegistryModels.Answer find() {
    return models.find(new Tenant("acme"), "user:alice", "churn");
  }

  @Test
  void a_model_has_a_task_was_deleted_or_is_missing() {
    server.answer(200, "{\"id\":\"churn\",\"task\":\"regression\"}");
    assertThat(find()).isEqualTo(new RegistryModels.Known(Task.REGRESSION));
    assertThat(server.request()).isEqualTo("GET /api/v1/ml/models/churn");
    assertThat(server.header("Authorization")).startsWith("Bearer ");
    server.answer(404, "{\"code\":\"Registry:ModelNotFound\"}");
    assertThat(find()).isEqualTo(new RegistryModels.Missing());
    server.answer(410, "{\"code\":\"Registry:ModelDeleted\"}");
    assertThat(find()).isEqualTo(new RegistryModels.Deleted());
  }

  @Test
  void any_other_answer_is_none() {
    server.answerAgainstContract(200, "{\"task\":\"ranking\"}");
    assertThatThrownBy(this::find).isInstanceOf(EngineFailure.Misbehaved.class);
    server.answerAgainstContract(200, "no JSON");
    assertThatThrownBy(this::find).isInstanceOf(EngineFailure.Misbehaved.class);
    server.answer(403, "{\"code\":\"Common:Forbidden\"}");
    assertThatThrownBy(this::find).isInstanceOf(EngineFailure.Refused.class);
  }
}
