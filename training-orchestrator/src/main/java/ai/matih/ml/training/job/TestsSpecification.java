package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import java.time.Duration;

/** Somebody's own tests to run beside a version's files. */
public record TestsSpecification(VersionFiles version, Tests tests, Duration timeout)
    implements JobSpecification.AboutVersion {

  /**
   * A package of tests.
   *
   * @param uploadedBy whoever wrote it decides what comes out
   */
  public record Tests(String digest, S3Uri uri, String uploadedBy) {}
}
