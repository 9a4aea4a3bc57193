package ai.matih.ml.training.job.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.job.JobDemand;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "training")
class CapacityController {

  private final TrainingCluster cluster;
  private final JobDemand demand;

  CapacityController(TrainingCluster cluster, JobDemand demand) {
    this.cluster = cluster;
    this.demand = demand;
  }

  /**
   * The cluster as a whole.
   *
   * @param accelerators GPUs by type
   * @param reserved what the platform's living jobs hold
   * @param waitingJobs of all tenants
   * @param beforeYou what waits before a job of this priority that is submitted now
   */
  record CapacityView(
      int nodes,
      double cpus,
      double gpus,
      long memoryBytes,
      Map<String, Double> accelerators,
      Reserved reserved,
      int waitingJobs,
      Queue beforeYou) {}

  /** What the workers of living jobs hold. */
  record Reserved(double cpus, double gpus, long memoryBytes) {}

  /** Jobs that wait for room, and what they ask for together. */
  record Queue(int jobs, double cpus, double gpus, long memoryBytes) {}

  @GetMapping("/api/v1/ml/training/capacity")
  @Allow(Permission.TRAINING_READ)
  @Operation(summary = "What the cluster has, and what waits for it")
  CapacityView capacity(
      @RequestParam(name = "priority", required = false) Optional<Integer> priority) {
    int asked = priority.orElse(0);
    if (asked < -100 || asked > 100) {
      throw Problem.invalid("priority", "must be an integer from -100 to 100");
    }
    Capacity capacity = cluster.capacity();
    JobDemand.Demand taken = demand.all();
    JobDemand.Demand before = demand.waitingBefore(asked);
    return new CapacityView(
        capacity.nodes().size(),
        capacity.cpus(),
        capacity.gpus(),
        capacity.memoryBytes(),
        capacity.accelerators(),
        new Reserved(taken.cpus(), taken.gpus(), taken.memoryBytes()),
        taken.waiting(),
        new Queue(before.waiting(), before.cpus(), before.gpus(), before.memoryBytes()));
  }
}
