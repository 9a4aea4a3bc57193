package ai.matih.ml.registry.artifact;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.registry.artifact.LoggedModels.LoggedModel;
import ai.matih.ml.registry.artifact.LoggedModels.RunOutputs;
import ai.matih.ml.registry.fixture.FakeLoggedModels;
import ai.matih.ml.registry.fixture.LoggedModelsContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class FakeLoggedModelsTests extends LoggedModelsContract {

  private final FakeLoggedModels fake = new FakeLoggedModels();
  private int made;

  @Override
  protected LoggedModels models() {
    return fake;
  }

  @Override
  protected Tenant tenant() {
    return new Tenant("acme");
  }

  @Override
  protected LoggedModelId logged(String name, boolean ready, Map<String, byte[]> files) {
    made++;
    LoggedModelId id = new LoggedModelId("m-%032x".formatted(made));
    RunId run = new RunId("%032x".formatted(made));
    fake.put(new LoggedModel(id, name, "7", ready, Optional.of(run)), files);
    fake.put(run, new RunOutputs(List.of(id), Map.of("auc", 0.9)));
    return id;
  }
}
