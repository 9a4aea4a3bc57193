package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import java.time.Duration;

/**
 * Addresses by which code that holds no key of the store may do one thing to one file, for a while.
 * Making one calls nobody.
 */
public interface SignedAddresses {

  String readable(S3Uri file, Duration goodFor);

  String replaceable(S3Uri file, Duration goodFor);
}
