package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.ServingRouter.AbTest;
import ai.matih.ml.registry.evidence.ServingRouter.InService;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.evidence.ServingRouter.ShadowComparison;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.PolicyRevision;
import ai.matih.ml.registry.promotion.AskRouter.Previous;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a decision rests on, and nothing else does.
 *
 * @param evidence of the version, oldest first
 * @param productionEvidence of the version that Production means now, oldest first
 * @param production the version that Production means now
 * @param superseded the one before it, while that one still stands in Production
 * @param previous how that one is served
 */
public record Facts(
    Model model,
    ModelVersion version,
    PolicyRevision policy,
    List<Evidence> evidence,
    List<Evidence> productionEvidence,
    Optional<ModelVersion> production,
    Optional<ModelVersion> superseded,
    Requester requester,
    Optional<String> reason,
    List<Approval> approvals,
    Reply<Serving> serving,
    Reply<List<AbTest>> abTests,
    Reply<List<ShadowComparison>> shadows,
    Reply<Previous> previous,
    Reply<InService> inService,
    Instant now) {

  public Facts {
    evidence = List.copyOf(evidence);
    productionEvidence = List.copyOf(productionEvidence);
    approvals = List.copyOf(approvals);
  }

  /** The latest report of a kind about exactly these files. */
  Optional<Evidence> latest(String kind, Evidence.Source source) {
    return evidence.stream()
        .filter(one -> one.kind().equals(kind) && one.source() == source && one.isAbout(version))
        .reduce((_, later) -> later);
  }

  /** The latest report of a kind that people brought, uploaded or from their own tests. */
  Optional<Evidence> latestReport(String kind) {
    return evidence.stream()
        .filter(
            one ->
                one.kind().equals(kind)
                    && one.source() != Evidence.Source.PLATFORM
                    && one.isAbout(version))
        .reduce((_, later) -> later);
  }

  /** What an approval binds to. */
  ApprovalBasis basis() {
    return ApprovalBasis.of(version.bundle().digest(), policy, evidence);
  }

  /** Why an approval does not count any more, beside what it would bind to now. */
  Optional<String> lapse(Approval approval, ApprovalBasis basis) {
    return approval.lapse(
        basis,
        seen -> Contradictions.under(policy.policy(), productionEvidence).first(seen, evidence),
        policy.policy().approvalsExpireAfter(),
        now);
  }

  List<Approval> validApprovals() {
    if (approvals.isEmpty()) {
      return List.of();
    }
    ApprovalBasis basis = basis();
    return approvals.stream().filter(approval -> lapse(approval, basis).isEmpty()).toList();
  }
}
