package ai.matih.ml.registry.promotion;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * One person's agreement to one move on one basis.
 *
 * @param keyMadeBy who made the API key that it was given with
 * @param voided when and why it stopped to count
 */
public record Approval(
    UUID id,
    String approver,
    Optional<String> keyMadeBy,
    Optional<String> comment,
    ApprovalBasis basis,
    Instant at,
    Optional<Voided> voided) {

  private static final String EXPIRED = "it expired";

  /** Why an approval does not count any more. */
  public record Voided(Instant at, String reason) {}

  /**
   * Why it does not count any more; empty while it does.
   *
   * @param contradiction what came after these reports and speaks against them
   */
  Optional<String> lapse(
      ApprovalBasis todays,
      Function<List<UUID>, Optional<String>> contradiction,
      Duration validFor,
      Instant now) {
    if (voided.isPresent()) {
      return voided.map(Voided::reason);
    }
    return basis
        .changeTo(todays)
        .or(() -> basis.reports().flatMap(contradiction))
        .or(() -> now.isBefore(at.plus(validFor)) ? Optional.empty() : Optional.of(EXPIRED));
  }

  Approval voidedAt(Instant at, String reason) {
    return new Approval(
        id, approver, keyMadeBy, comment, basis, this.at, Optional.of(new Voided(at, reason)));
  }
}
