package ai.matih.ml.training.cluster;

/** The fake keeps the contract, so that tests may rely on it. */
class FakeTrainingClusterTests extends TrainingClusterContract {

  private final FakeTrainingCluster fake = new FakeTrainingCluster();

  @Override
  protected TrainingCluster cluster() {
    return fake;
  }

  @Override
  protected String entrypoint(int seconds, int status) {
    return "sleep " + seconds + "; exit " + status;
  }

  @Override
  protected ClusterJob ended(SubmissionId id, ClusterJob.Status expected) {
    if (!fake.seen(id).job().status().isTerminal()) {
      fake.becomes(id, expected);
    }
    return fake.job(id).orElseThrow();
  }

  @Override
  protected void running(SubmissionId id) {
    fake.becomes(id, ClusterJob.Status.RUNNING);
  }
}
