package ai.matih.ml.common.reconcile;

import java.util.UUID;

/** A row in the hands of one step. Its claim is renewed until the step ends. */
public final class Held {

  private final Claims claims;
  private final Claim claim;

  Held(Claims claims, Claim claim) {
    this.claims = claims;
    this.claim = claim;
  }

  public Claim claim() {
    return claim;
  }

  /** The row's id where the table has UUIDs. */
  public UUID id() {
    return claim.uuid();
  }

  /**
   * For a long step, before each thing that others see.
   *
   * @throws ClaimOvertaken when another replica has the row, or may have it
   */
  public void requireHeld() {
    if (!claims.isHeld(claim)) {
      throw new ClaimOvertaken(claim);
    }
  }
}
