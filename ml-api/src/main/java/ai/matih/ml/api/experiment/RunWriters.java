package ai.matih.ml.api.experiment;

import java.util.Optional;

/** Which attempt of which job may write to a run of the tenant in scope. */
public interface RunWriters {

  /** The announced writer. */
  record Writer(String jobId, int attempt) {}

  Optional<Writer> of(RunId run);

  /**
   * Lets an attempt write, from now on instead of any earlier one of the same job. Repeatable.
   *
   * @return the writer that holds afterwards: another one when a newer attempt or another job has
   *     the run
   */
  Writer announce(RunId run, Writer writer);
}
