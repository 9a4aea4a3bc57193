package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.artifact.Digest;
import java.util.Optional;

/** What somebody approves: these files, under this policy, on this evidence. */
public record ApprovalBasis(Digest artifact, Digest policy, Digest evidence) {

  /** The one digest that names all three. */
  public Digest digest() {
    return Digest.of(artifact + "\n" + policy + "\n" + evidence + "\n");
  }

  /** What is different now, in words; empty when nothing is. */
  Optional<String> changeTo(ApprovalBasis now) {
    if (!artifact.equals(now.artifact)) {
      return Optional.of("the artifact changed");
    }
    if (!policy.equals(now.policy)) {
      return Optional.of("the policy changed");
    }
    if (!evidence.equals(now.evidence)) {
      return Optional.of("the evidence changed");
    }
    return Optional.empty();
  }
}
