package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.fixture.FakeVersionJobs;
import ai.matih.ml.registry.fixture.VersionJobsContract;

/** The fake keeps the contract. */
class FakeVersionJobsTests extends VersionJobsContract {

  private final FakeVersionJobs fake = new FakeVersionJobs();

  @Override
  protected VersionJobs jobs() {
    return fake;
  }

  private FakeVersionJobs.Asked asked() {
    return fake.of(TENANT.slug()).getFirst();
  }

  @Override
  protected void givenTakesWork(Examination examination) {
    fake.refuse(null);
  }

  @Override
  protected void givenRefuses(String reason) {
    fake.refuse(reason);
  }

  @Override
  protected void givenAway() {
    fake.away(true);
  }

  @Override
  protected void givenMeasured(Examination examination) {
    fake.measured(asked(), 0.8);
  }

  @Override
  protected void givenTested(Examination examination) {
    fake.tested(asked(), "<testsuites/>");
  }

  @Override
  protected void givenFailed(Examination examination, String why) {
    fake.fails(asked(), why);
  }

  @Override
  protected void givenNoJobs() {
    fake.refuse(null);
  }
}
