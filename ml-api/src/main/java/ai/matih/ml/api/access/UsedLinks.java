package ai.matih.ml.api.access;

import java.time.Instant;
import java.util.UUID;

/** Remembers which sign-in links were used, so that each opens the door once. */
public interface UsedLinks {

  /**
   * Marks a link of the tenant in scope as used.
   *
   * @param until when the link is too old anyway and may be forgotten
   * @return false when it was used before, whoever did it
   * @throws ApiKeys.StoreAway when that cannot be found out now
   */
  boolean use(UUID link, Instant until);
}
