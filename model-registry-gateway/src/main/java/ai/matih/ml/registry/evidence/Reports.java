package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.BundleStore;
import java.util.Optional;

/**
 * The reports behind evidence, as they came. Each is kept beside the files that it is about and
 * goes with them. It is stored before the evidence: what evidence promises is there.
 */
public final class Reports {

  private final BundleStore bundles;

  public Reports(BundleStore bundles) {
    this.bundles = bundles;
  }

  void keep(Digest artifact, String report) {
    bundles.storeReport(artifact, Evidence.bytes(report));
  }

  /**
   * The report that some evidence was counted from; empty when none was kept, and also when the
   * store lost it or has other bytes in its place.
   */
  public Optional<byte[]> find(Evidence evidence) {
    return evidence
        .reportBytes()
        .flatMap(_ -> bundles.report(evidence.artifact(), evidence.report()))
        .filter(content -> Digest.of(content).equals(evidence.report()));
  }
}
