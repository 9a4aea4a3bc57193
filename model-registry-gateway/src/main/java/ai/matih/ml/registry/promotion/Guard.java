package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.Optional;
import java.util.Set;

/** One small rule about a move. It judges facts and asks nobody itself. */
public interface Guard {

  /** The type of its condition, for example {@code MetricsMeetBaseline}. */
  default String type() {
    return getClass().getSimpleName();
  }

  /** Its rule in a few words, for the diagram. */
  String rule();

  Verdict judge(Facts facts);

  /** Whose turn it is while it is not met. */
  default Who fixedBy() {
    return Who.REQUESTER;
  }

  /**
   * Why nobody may override what it says of these facts, not even in an emergency; empty when
   * somebody may.
   */
  Optional<String> neverOverridden(Facts facts);

  /** What has to be asked outside for it. */
  default Set<Question> asks() {
    return Set.of();
  }
}
