package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.Stage;
import java.util.Map;
import java.util.Optional;

/**
 * How much traffic a stage may get: Development none but pinned calls, Staging together up to a
 * cap, Production anything, Archived nothing at all.
 */
public record StageRule(Weight stagingCap) {

  /** Why a split is not allowed with these stages; empty when it is. */
  public Optional<String> objection(Split split, Map<Long, Stage> stages) {
    int staging = 0;
    for (Target target : split.targets()) {
      if (target.weight().bps() == 0) {
        continue;
      }
      Stage stage = stages.getOrDefault(target.version(), Stage.DEVELOPMENT);
      switch (stage) {
        case PRODUCTION -> {}
        case STAGING -> staging += target.weight().bps();
        case DEVELOPMENT -> {
          return Optional.of(
              "Version %d is in Development: it answers pinned calls only. Promote it to Staging for a canary."
                  .formatted(target.version()));
        }
        case ARCHIVED -> {
          return Optional.of(
              "Version %d is Archived: it gets no traffic.".formatted(target.version()));
        }
      }
    }
    return staging > stagingCap.bps()
        ? Optional.of(
            "Versions in Staging get %d basis points together, %d at most. Promote to Production for more."
                .formatted(staging, stagingCap.bps()))
        : Optional.empty();
  }

  /** Whether a caller may name this version and be answered by it. */
  public boolean allowsPinnedCalls(Stage stage) {
    return stage != Stage.ARCHIVED;
  }
}
