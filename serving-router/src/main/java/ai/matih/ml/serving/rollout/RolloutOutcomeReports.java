package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.abtest.OutcomeListener;
import ai.matih.ml.serving.abtest.OutcomeReport;
import ai.matih.ml.serving.rollout.RolloutDesign.Quality;
import ai.matih.ml.serving.rollout.RolloutOutcomes.UnitOutcome;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts outcomes for the roll-out of their model. A unit belongs to whom its bucket belongs when
 * its outcome is told; the buckets know nothing of the units, so both sides get the like, also of
 * units that asked nothing lately. The first word about a unit stands.
 */
public final class RolloutOutcomeReports implements OutcomeListener {

  private final GradualRollouts rollouts;
  private final RolloutOutcomes outcomes;
  private final TrafficDocuments documents;
  private final Transactions transactions;

  public RolloutOutcomeReports(
      GradualRollouts rollouts,
      RolloutOutcomes outcomes,
      TrafficDocuments documents,
      Transactions transactions) {
    this.rollouts = rollouts;
    this.outcomes = outcomes;
    this.documents = documents;
    this.transactions = transactions;
  }

  @Override
  public int told(ModelId model, Optional<String> metric, List<OutcomeReport> reports) {
    return transactions.call(
        () -> {
          Optional<GradualRollout> rollout =
              rollouts
                  .open(model)
                  .filter(GradualRollout::isUnderWay)
                  .filter(open -> asksFor(open, metric));
          return rollout.map(open -> count(open, reports)).orElse(0);
        });
  }

  private static boolean asksFor(GradualRollout rollout, Optional<String> metric) {
    return rollout
        .design()
        .quality()
        .filter(quality -> metric.isEmpty() || metric.get().equals(quality.metric()))
        .isPresent();
  }

  private int count(GradualRollout rollout, List<OutcomeReport> reports) {
    Optional<TrafficDocument> current = documents.current(rollout.model());
    if (current.isEmpty() || current.get().split().targets().isEmpty()) {
      return 0;
    }
    TrafficDocument traffic = current.get();
    Assignment assignment = new Assignment(traffic.salt(), traffic.split());
    Quality quality = rollout.design().quality().orElseThrow();
    Map<Long, UnitOutcome> first = new LinkedHashMap<>();
    for (OutcomeReport report : reports) {
      boolean before =
          report
              .observedAt()
              .filter(at -> rollout.startedAt().filter(at::isBefore).isPresent())
              .isPresent();
      if (!before) {
        long unit = assignment.hash(report.name());
        long version =
            traffic.split().targets().get(assignment.target(Assignment.bucketOf(unit))).version();
        first.putIfAbsent(
            unit,
            new UnitOutcome(unit, version == rollout.version(), quality.isBad(report.value())));
      }
    }
    return outcomes.add(rollout.id(), first.values());
  }
}
