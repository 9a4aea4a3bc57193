package ai.matih.ml.training.job;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.cluster.JobLog;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * What attempts leave on the object store. Every method may throw {@link EngineFailure} and is
 * repeatable; absent or unreadable documents are empty.
 */
public interface JobOutputs {

  /** What the report of tests is called below the folder of an attempt. */
  String REPORT = "report.xml";

  /** Where an attempt writes. */
  S3Uri folder(Job job, int attempt);

  /** Where all attempts of a search write down its trials. */
  S3Uri sweep(Job job);

  /** The trials of a search so far; empty before the first. */
  Optional<Leaderboard> trials(Job job);

  Optional<JobProgress> progress(Job job);

  /**
   * @throws ResultInvalid when there is one and it does not hold together
   */
  Optional<JobResult> result(Job job) throws ResultInvalid;

  /** The JUnit report that tests left, once they have succeeded in leaving one. */
  Optional<byte[]> report(Job job);

  /**
   * Which row a trained model learned from and which was held out, as a Parquet file; the caller
   * closes it.
   */
  Optional<InputStream> split(Job job);

  Optional<JobFailure> failure(Job job);

  List<Checkpoint> checkpoints(Job job);

  /** Keeps the log, so that it can be read when the cluster has forgotten the job. */
  void keepLog(Job job, JobLog log);

  /** What was kept of an attempt; of one that the cluster forgot at once, nothing was. */
  Optional<JobLog> keptLog(Job job, int attempt);

  /** A saved state of training. */
  record Checkpoint(int attempt, String name, String uri, long sizeBytes) {}

  /** A result that contradicts itself; the message is for the person who submitted the job. */
  final class ResultInvalid extends Exception {
    public ResultInvalid(String reason) {
      super(reason);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
