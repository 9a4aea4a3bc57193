package ai.matih.ml.registry.evidencebundle;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.Reports;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which reports a bundle holds as they came, and which it does not hold and why. Which ones fit is
 * decided by what is recorded of them, so it is the same whenever the bundle is made.
 */
final class RawReports {

  private final List<Evidence> included = new ArrayList<>();
  private final List<Map<String, Object>> notIncluded = new ArrayList<>();

  private RawReports() {}

  /**
   * Chooses among the reports of a bundle.
   *
   * @param evidence all of the bundle, each version's oldest first
   * @param cited what conditions rest on
   * @param room bytes for all of them
   */
  static RawReports of(Collection<Evidence> evidence, Set<UUID> cited, long room) {
    RawReports chosen = new RawReports();
    List<Evidence> order = new ArrayList<>(evidence);
    order.sort(
        Comparator.<Evidence, Boolean>comparing(one -> !cited.contains(one.id()))
            .thenComparing(Evidence::recordedAt, Comparator.reverseOrder()));
    Set<Digest> there = new HashSet<>();
    long left = room;
    for (Evidence one : order) {
      if (one.source() == Evidence.Source.PLATFORM || there.contains(one.report())) {
        continue;
      }
      Optional<Long> bytes = one.reportBytes();
      if (bytes.isEmpty()) {
        chosen.leaveOut(
            one, "It was not kept: its tests left none, or an earlier release took it.");
      } else if (bytes.get() > left) {
        chosen.leaveOut(
            one,
            "There is no room for it; GET /api/v1/ml/models/%s/versions/%s/evidence/%s/report has it."
                .formatted(one.model(), one.version(), one.id()));
      } else {
        left -= bytes.get();
        there.add(one.report());
        chosen.included.add(one);
      }
    }
    return chosen;
  }

  /** Reads them from the object store; one that the store lost is noted instead. */
  Map<String, byte[]> read(Reports reports) {
    Map<String, byte[]> documents = new LinkedHashMap<>();
    for (Evidence one : included) {
      reports
          .find(one)
          .ifPresentOrElse(
              content ->
                  documents.put(
                      "reports/%s.%s".formatted(one.report().hex(), one.format().extension()),
                      content),
              () -> leaveOut(one, "The object store lost it or has other bytes in its place."));
    }
    return documents;
  }

  /** What is missing, by the digest that evidence names. */
  List<Map<String, Object>> notIncluded() {
    return List.copyOf(notIncluded);
  }

  private void leaveOut(Evidence evidence, String why) {
    Map<String, Object> missing = new LinkedHashMap<>();
    missing.put("what", "the report behind evidence " + evidence.id());
    missing.put("sha256", evidence.report());
    missing.put("why", why);
    notIncluded.add(missing);
  }
}
