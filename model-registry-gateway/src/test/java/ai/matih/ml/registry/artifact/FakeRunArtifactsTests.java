package ai.matih.ml.registry.artifact;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.registry.fixture.FakeRunArtifacts;
import ai.matih.ml.registry.fixture.RunArtifactsContract;
import java.util.Map;

class FakeRunArtifactsTests extends RunArtifactsContract {

  private final FakeRunArtifacts fake = new FakeRunArtifacts();
  private int made;

  @Override
  protected RunArtifacts runs() {
    return fake;
  }

  @Override
  protected Tenant tenant() {
    return new Tenant("acme");
  }

  @Override
  protected Tenant otherTenant() {
    return new Tenant("globex");
  }

  @Override
  protected RunId run(String status, Map<String, String> tags, Map<String, byte[]> files) {
    String id = "run" + made++;
    fake.put("acme", id, status, tags, files);
    return new RunId(id);
  }
}
