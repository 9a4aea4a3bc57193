package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.tenant.TenantScope;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the examinations that are made on Ray, each a step at a time. */
final class ReconcileExaminations {

  private static final Logger log = LoggerFactory.getLogger(ReconcileExaminations.class);
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final int AT_ONCE = 8;

  private final Claims claims;
  private final ExamineOnRay examine;
  private final EvidenceSettings settings;

  ReconcileExaminations(Claims claims, ExamineOnRay examine, EvidenceSettings settings) {
    this.claims = claims;
    this.examine = examine;
    this.settings = settings;
  }

  /** Works on what is due; says how much that was. */
  int round() {
    List<Claim> claimed = claims.take(AT_ONCE, LEASE);
    claimed.forEach(claim -> TenantScope.run(claim.tenant(), () -> step(claim)));
    return claimed.size();
  }

  private void step(Claim claim) {
    try {
      if (examine.step(UUID.fromString(claim.id()))) {
        claims.release(claim);
      } else {
        claims.postpone(claim, settings.pollJobs());
      }
    } catch (EngineFailure e) {
      log.info("Examination {} waits: {}", claim.id(), e.getMessage());
      claims.postpone(claim, settings.retryAfter());
    } catch (RuntimeException e) {
      // One broken examination must not keep the others from being looked at.
      log.error("Examination {} could not be looked at", claim.id(), e);
      claims.postpone(claim, settings.retryAfter());
    }
  }
}
