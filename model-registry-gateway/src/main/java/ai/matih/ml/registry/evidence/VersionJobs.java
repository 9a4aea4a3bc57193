package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.model.ModelVersion;
import java.util.Map;
import java.util.Optional;

/**
 * Work about versions that the training service does on Ray. Everything is repeatable; when there
 * is no answer an {@code EngineFailure} says why.
 */
public interface VersionJobs {

  /**
   * Asks for the work. The same examination is the same job, however often it is asked for.
   *
   * @return the job's id
   * @throws WorkRefused when it will never be taken
   */
  String ask(Examination examination, ModelVersion version) throws WorkRefused;

  /** How a job stands; empty when the tenant has no such job. */
  Optional<JobStatus> find(String jobId);

  /**
   * The JUnit report that tests left.
   *
   * @throws WorkRefused when there is none, or one that is too large
   */
  String report(String jobId) throws WorkRefused;

  /**
   * A job.
   *
   * @param status as the training service has it
   * @param failure why it failed, for people
   * @param measured what an evaluation left
   * @param tested what a run of tests left
   */
  record JobStatus(
      String status,
      int progress,
      Optional<String> failure,
      Optional<Measured> measured,
      Optional<Tested> tested) {

    boolean hasEnded() {
      return switch (status) {
        case "succeeded", "failed", "cancelled" -> true;
        default -> false;
      };
    }
  }

  /** A measurement, with what it is of. */
  record Measured(
      String digest,
      String dataDigest,
      String targetColumn,
      long rows,
      Map<String, Double> metrics,
      String engine) {

    public Measured {
      metrics = Map.copyOf(metrics);
    }
  }

  /** A run of tests, with what it is of. */
  record Tested(String digest, String packageDigest, String reportDigest, String uploadedBy) {}

  /** The training service said no; the message is for the person who asked. */
  final class WorkRefused extends Exception {
    public WorkRefused(String reason) {
      super(reason);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
