package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.fixture.FakeServingRouter;
import ai.matih.ml.registry.fixture.ServingRouterContract;
import java.util.List;

class FakeServingRouterTests extends ServingRouterContract {

  private final FakeServingRouter fake = new FakeServingRouter();

  @Override
  protected ServingRouter router() {
    return fake;
  }

  @Override
  protected void givenServing(Serving serving) {
    fake.serve(TENANT.slug(), VERSION.model().slug(), VERSION.number().value(), serving);
  }

  @Override
  protected void givenInService(Serving serving) {
    givenServing(serving);
    fake.serve(TENANT.slug(), VERSION.model().slug(), 2, Serving.NOBODY);
    fake.deploy("globex", VERSION.model().slug(), 1, 10);
  }

  @Override
  protected void givenAbTests(AbTest... tests) {
    fake.abTest(TENANT.slug(), VERSION.model().slug(), VERSION.number().value(), tests);
  }

  @Override
  protected void givenShadows(ShadowComparison... seen) {
    fake.shadow(TENANT.slug(), VERSION.model().slug(), seen);
  }

  @Override
  protected void givenPredictions(List<Integer> xs, List<Double> probabilities) {
    fake.deploy(TENANT.slug(), VERSION.model().slug(), VERSION.number().value(), 0);
  }

  @Override
  protected void givenTrial(String failing) {
    fake.failCheck(TENANT.slug(), VERSION.model().slug(), VERSION.number().value(), failing);
  }

  @Override
  protected void givenRestorable(long revision) {
    fake.deploy(TENANT.slug(), VERSION.model().slug(), VERSION.number().value(), 0);
  }

  @Override
  protected void givenNotDeployed() {}

  @Override
  protected void givenUnknownVersion() {
    fake.deploy("globex", VERSION.model().slug(), VERSION.number().value(), 10);
  }

  @Override
  protected void givenAway() {
    fake.away(true);
  }
}
