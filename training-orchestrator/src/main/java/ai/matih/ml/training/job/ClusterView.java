package ai.matih.ml.training.job;

import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The cluster's jobs as of one round: listed once, on first use. */
final class ClusterView {

  private final TrainingCluster cluster;
  private @Nullable Map<SubmissionId, ClusterJob> jobs;

  ClusterView(TrainingCluster cluster) {
    this.cluster = cluster;
  }

  Map<SubmissionId, ClusterJob> jobs() {
    Map<SubmissionId, ClusterJob> known = jobs;
    if (known == null) {
      // Checks a cluster that has restarted for callers without credentials.
      cluster.session();
      known =
          cluster.jobs().stream()
              .collect(Collectors.toMap(ClusterJob::id, Function.identity(), (a, _) -> a));
      jobs = known;
    }
    return known;
  }

  Optional<ClusterJob> job(SubmissionId id) {
    return Optional.ofNullable(jobs().get(id));
  }
}
