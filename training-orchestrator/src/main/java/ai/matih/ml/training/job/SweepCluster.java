package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.TrainingCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops attempts in the cluster that no living job has any more: older attempts that came back, and
 * cancelled ones that began late. Ended ones are left to be forgotten. Submissions of other
 * installations are never touched.
 */
final class SweepCluster {

  /** The label by which an installation knows its own submissions. */
  static final String INSTALLATION = "matih_installation";

  private static final Logger log = LoggerFactory.getLogger(SweepCluster.class);

  private final TrainingCluster cluster;
  private final JobDemand demand;

  SweepCluster(TrainingCluster cluster, JobDemand demand) {
    this.cluster = cluster;
    this.demand = demand;
  }

  /** Returns how many were stopped; none while the cluster does not answer. */
  int sweep() {
    try {
      return stopUnwanted();
    } catch (ClusterNotSafe e) {
      log.error("{}", e.getMessage());
      return 0;
    } catch (EngineFailure e) {
      log.debug("the cluster was not searched: {}", e.toString());
      return 0;
    }
  }

  private int stopUnwanted() {
    // The first sweep is also the check at start-up that the cluster asks for credentials.
    cluster.session();
    String ours = demand.installation();
    int stopped = 0;
    for (ClusterJob job : cluster.jobs()) {
      if (!ours.equals(job.labels().get(INSTALLATION)) || demand.isCurrent(job.id())) {
        continue;
      }
      if (job.status().isTerminal()) {
        cluster.forget(job);
      } else {
        log.info("stopping {}: no living job has this attempt", job.id());
        cluster.stop(job.id());
        stopped++;
      }
    }
    return stopped;
  }
}
