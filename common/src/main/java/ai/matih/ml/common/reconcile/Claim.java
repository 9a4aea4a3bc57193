package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.tenant.Tenant;
import java.util.UUID;

/**
 * The right to work on one row, as long as it is renewed.
 *
 * @param id the row's id as text
 * @param epoch number of this claim; a later claim of the row has a higher one, so a writer that
 *     was overtaken is recognised by it
 */
public record Claim(Tenant tenant, String id, long epoch) {

  /** The row's id where the table has UUIDs. */
  public UUID uuid() {
    return UUID.fromString(id);
  }
}
