package ai.matih.ml.registry.model;

import ai.matih.ml.registry.fixture.FakePreparations;
import ai.matih.ml.registry.fixture.PreparationsContract;

class FakePreparationsTests extends PreparationsContract {

  private final FakePreparations fake = new FakePreparations();

  @Override
  protected Preparations preparations() {
    return fake;
  }

  @Override
  protected void givenQueue() {
    // The fake takes every job.
  }

  @Override
  protected void ends(VersionNumber version) {
    fake.ends(version);
  }

  @Override
  protected void refuses(String reason) {
    fake.refuses(reason);
  }
}
