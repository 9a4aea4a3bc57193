package ai.matih.ml.common.reconcile;

/** Another replica has the row now; the step ends and changes nothing more. */
public final class ClaimOvertaken extends RuntimeException {

  public ClaimOvertaken(Claim claim) {
    super(claim.id() + " was claimed by somebody else", null, false, false);
  }
}
