package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.List;

/** People other than requester, trainer and registrar agree to exactly what is there now. */
final class ApprovedByOthers extends Guard {

  ApprovedByOthers() {
    super("approved by somebody else", Who.REVIEWER, null);
  }

  @Override
  Verdict judge(Facts facts) {
    int needed = facts.policy().policy().approvalsNeeded();
    List<Approval> counting = counting(facts);
    List<String> approvers = counting.stream().map(Approval::approver).distinct().sorted().toList();
    if (approvers.size() >= needed) {
      return Verdict.met("Approved", "Approved by " + String.join(", ", approvers) + ".")
          .with("approvals", counting.stream().map(one -> one.id().toString()).toList());
    }
    boolean hadMore = facts.approvals().size() > approvers.size();
    return Verdict.notMet(
            hadMore ? "ApprovalsVoid" : "ApprovalsMissing",
            "%d of %d approvals%s; a reviewer approves with POST .../approve."
                .formatted(
                    approvers.size(),
                    needed,
                    hadMore ? " (earlier ones are void: something changed, or they expired)" : ""))
        .with("needed", needed)
        .with("approvers", approvers);
  }

  /** The approvals that count now. */
  static List<Approval> counting(Facts facts) {
    return facts.validApprovals().stream()
        .filter(
            approval ->
                new Reviewer(approval.approver(), approval.keyMadeBy())
                    .involvement(facts)
                    .isEmpty())
        .toList();
  }
}
