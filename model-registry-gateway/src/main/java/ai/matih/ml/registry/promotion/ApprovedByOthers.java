package ai.matih.ml.registry.promotion;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** People other than requester, trainer and registrar agree to exactly what is there now. */
final class ApprovedByOthers implements Guard {

  @Override
  public String rule() {
    return "approved by somebody else";
  }

  @Override
  public Verdict judge(Facts facts) {
    int needed = facts.policy().policy().approvalsNeeded();
    List<String> approvers =
        facts.validApprovals().stream()
            .map(Approval::approver)
            .filter(approver -> involvement(approver, facts).isEmpty())
            .distinct()
            .sorted()
            .toList();
    if (approvers.size() >= needed) {
      return Verdict.met(
          "Approved", "Approved by " + approvers.stream().collect(Collectors.joining(", ")) + ".");
    }
    boolean hadMore = facts.approvals().size() > approvers.size();
    return Verdict.notMet(
        hadMore ? "ApprovalsVoid" : "ApprovalsMissing",
        "%d of %d approvals%s; a reviewer approves with POST .../approve."
            .formatted(
                approvers.size(),
                needed,
                hadMore ? " (earlier ones are void, since something changed)" : ""));
  }

  /** In which way somebody is too close to a version to approve it. */
  static Optional<String> involvement(String principal, Facts facts) {
    if (principal.equals(facts.requester().principal())) {
      return Optional.of("requested the promotion");
    }
    if (facts.version().trainedBy().filter(principal::equals).isPresent()) {
      return Optional.of("trained the version");
    }
    if (principal.equals(facts.version().registeredBy())) {
      return Optional.of("registered the version");
    }
    if (!principal.startsWith("user:")) {
      return Optional.of("is no person");
    }
    return Optional.empty();
  }
}
