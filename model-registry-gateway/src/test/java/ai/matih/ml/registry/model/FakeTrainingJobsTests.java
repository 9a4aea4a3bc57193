package ai.matih.ml.registry.model;

import ai.matih.ml.registry.fixture.FakeTrainingJobs;
import ai.matih.ml.registry.fixture.TrainingJobsContract;
import java.util.Optional;

class FakeTrainingJobsTests extends TrainingJobsContract {

  private final FakeTrainingJobs fake = new FakeTrainingJobs();

  @Override
  protected TrainingJobs jobs() {
    return fake;
  }

  @Override
  protected void given(TrainingJobs.TrainingJob job) {
    fake.put(TENANT.slug(), job);
  }

  @Override
  protected void givenNone() {
    fake.put(
        "globex",
        new TrainingJobs.TrainingJob("job-1", "succeeded", Optional.empty(), Optional.empty()));
  }
}
