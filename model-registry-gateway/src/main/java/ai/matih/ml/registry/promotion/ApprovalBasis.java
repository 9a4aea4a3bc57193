package ai.matih.ml.registry.promotion;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.Json;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.model.PolicyRevision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What somebody approves: these files, under this policy, on this evidence.
 *
 * @param reports that the evidence was; approvals of earlier releases do not name them, and are
 *     void when any evidence comes
 */
public record ApprovalBasis(
    Digest artifact, Digest policy, Digest evidence, Optional<List<UUID>> reports) {

  public ApprovalBasis {
    reports = reports.map(List::copyOf);
  }

  static ApprovalBasis of(Digest artifact, PolicyRevision policy, List<Evidence> evidence) {
    return new ApprovalBasis(
        artifact,
        Digest.of(policyText(policy)),
        Digest.of(evidenceText(evidence)),
        Optional.of(evidence.stream().map(Evidence::id).toList()));
  }

  /** The policy as it is digested. */
  public static String policyText(PolicyRevision policy) {
    return policy.revision() + " " + Json.write(policy.policy());
  }

  /**
   * The evidence as it is digested: the latest report of each kind and source.
   *
   * @param evidence of the version, oldest first
   */
  public static String evidenceText(List<Evidence> evidence) {
    Map<String, String> latest = new LinkedHashMap<>();
    for (Evidence one : evidence) {
      latest.put(
          series(one),
          one.outcome() + " " + one.counts() + " " + one.artifact() + " " + one.report());
    }
    return Json.write(latest);
  }

  /** Reports of one series take each other's place. */
  static String series(Evidence one) {
    return one.source() + " " + one.kind();
  }

  /** The one digest that names all three. */
  public Digest digest() {
    return Digest.of(artifact + "\n" + policy + "\n" + evidence + "\n");
  }

  /**
   * What is different now, in words; empty when nothing is. What reports say that came since is
   * judged by {@link Contradictions}.
   */
  Optional<String> changeTo(ApprovalBasis now) {
    if (!artifact.equals(now.artifact)) {
      return Optional.of("the artifact changed");
    }
    if (!policy.equals(now.policy)) {
      return Optional.of("the policy changed");
    }
    if (reports.isEmpty() && !evidence.equals(now.evidence)) {
      return Optional.of("the evidence changed");
    }
    return Optional.empty();
  }
}
