package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.TrafficChange;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.util.Optional;

/**
 * Takes a version off its endpoint: its share goes to the stable target first, then it drains.
 * Stopping what has stopped changes nothing.
 */
public final class StopDeployment {

  private final Deployments deployments;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public StopDeployment(
      Deployments deployments, TrafficDocuments documents, Transactions transactions, Clock clock) {
    this.deployments = deployments;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Ends the deployment; the answer shows how far it is. */
  public Deployment stop(String id, String by, String why) {
    Deployment found = find(id);
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(found.model());
          Deployment now = find(id);
          if (now.state().isOver() || now.state() == DeploymentState.DRAINING) {
            return now;
          }
          if (traffic.split().target(now.version()).isPresent()) {
            Split left = traffic.split().without(now.version());
            documents.publish(
                traffic, new TrafficChange(left, Cause.REMOVED, Optional.of(why), by));
          }
          DeploymentMove move =
              now.state() == DeploymentState.PENDING
                  ? DeploymentMove.WITHDRAWN
                  : DeploymentMove.ENDED;
          Deployment ended = now.moved(move, clock.instant(), Optional.of(why));
          deployments.save(ended);
          return ended;
        });
  }

  private Deployment find(String id) {
    return deployments
        .find(id)
        .orElseThrow(
            () ->
                new Problem(ServingError.DEPLOYMENT_NOT_FOUND, "There is no deployment " + id + ".")
                    .with("deployment_id", id));
  }
}
