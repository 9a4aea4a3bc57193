package ai.matih.ml.registry.promotion;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One person's agreement to one move on one basis.
 *
 * @param voided when and why it stopped to count
 */
public record Approval(
    UUID id,
    String approver,
    Optional<String> comment,
    ApprovalBasis basis,
    Instant at,
    Optional<Voided> voided) {

  /** Why an approval does not count any more. */
  public record Voided(Instant at, String reason) {}

  boolean holdsFor(ApprovalBasis now) {
    return voided.isEmpty() && basis.equals(now);
  }

  Approval voidedAt(Instant at, String reason) {
    return new Approval(id, approver, comment, basis, this.at, Optional.of(new Voided(at, reason)));
  }
}
