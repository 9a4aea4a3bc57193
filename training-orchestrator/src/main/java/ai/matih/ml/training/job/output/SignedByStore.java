package ai.matih.ml.training.job.output;

import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.ObjectStore.Access;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.job.SignedAddresses;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Signs with the platform's own key; the cluster reaches the store by the same address as we do.
 */
@Component
class SignedByStore implements SignedAddresses {

  private final ObjectStore store;

  SignedByStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public String readable(S3Uri file, Duration goodFor) {
    return store.signed(file, Access.READ, goodFor);
  }

  @Override
  public String replaceable(S3Uri file, Duration goodFor) {
    return store.signed(file, Access.REPLACE, goodFor);
  }
}
