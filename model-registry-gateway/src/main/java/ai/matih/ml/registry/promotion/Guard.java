package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.promotion.Condition.Who;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One small rule about a move. It judges facts and asks nobody itself. */
public abstract class Guard {

  private final String rule;
  private final Who fixedBy;
  private final Optional<String> neverOverridden;
  private final Set<Question> asks;

  /**
   * @param rule in a few words, for the diagram
   * @param fixedBy whose turn it is while it is not met
   * @param neverOverridden why nobody may override it, not even in an emergency; null when somebody
   *     may
   * @param asks what has to be asked outside for it
   */
  Guard(String rule, Who fixedBy, @Nullable String neverOverridden, Question... asks) {
    this.rule = rule;
    this.fixedBy = fixedBy;
    this.neverOverridden = Optional.ofNullable(neverOverridden);
    this.asks = Set.of(asks);
  }

  abstract Verdict judge(Facts facts);

  /** The type of its condition, for example {@code MetricsMeetBaseline}. */
  public final String type() {
    return getClass().getSimpleName();
  }

  final String rule() {
    return rule;
  }

  final Who fixedBy() {
    return fixedBy;
  }

  final Set<Question> asks() {
    return asks;
  }

  /** Why nobody may override what it says of these facts; empty when somebody may. */
  public Optional<String> neverOverridden(Facts facts) {
    return neverOverridden;
  }
}
