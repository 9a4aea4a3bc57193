package ai.matih.ml.registry;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.artifact.LoggedModelId;
import ai.matih.ml.registry.artifact.LoggedModels;
import ai.matih.ml.registry.fixture.LoggedModelsContract;
import ai.matih.ml.registry.fixture.MlflowClient;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Logged models read from a real MLflow. */
class LoggedModelsIT extends LoggedModelsContract {

  private static RegistryUnderTest registry;
  private static MlflowClient mlflow;

  @BeforeAll
  static void start() {
    mlflow = MlflowClient.inFreshWorkspace(TestEngines.mlflow().url());
    registry = RegistryUnderTest.startWithMlflow(TestEngines.postgres().freshDatabase("registry"));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @Override
  protected LoggedModels models() {
    return registry.bean(LoggedModels.class);
  }

  @Override
  protected Tenant tenant() {
    return new Tenant(mlflow.workspace());
  }

  @Override
  protected LoggedModelId logged(String name, boolean ready, Map<String, byte[]> files) {
    List<String> made = mlflow.loggedModel(name, ready, files);
    mlflow.call(
        "POST",
        "runs/log-metric",
        Map.of("run_id", made.getFirst(), "key", "auc", "value", 0.9, "timestamp", 1));
    return new LoggedModelId(made.getLast());
  }
}
