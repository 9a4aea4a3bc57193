package ai.matih.ml.registry.promotion;

import java.util.List;
import java.util.Optional;

/** What all guards of a move say together. Pure: the same facts give the same decision. */
record Decision(List<Condition> conditions) {

  Decision {
    conditions = List.copyOf(conditions);
  }

  /**
   * Judges a move.
   *
   * @param before the conditions of the last time, whose {@code since} is kept where nothing
   *     changed
   */
  static Decision of(Move move, Facts facts, List<Condition> before) {
    return new Decision(
        move.guards().stream().map(guard -> condition(guard, facts, before)).toList());
  }

  private static Condition condition(Guard guard, Facts facts, List<Condition> before) {
    Verdict verdict = guard.judge(facts);
    Optional<Condition> unchanged =
        before.stream()
            .filter(c -> c.type().equals(guard.type()) && c.status() == verdict.status())
            .findFirst();
    return new Condition(
        guard.type(),
        verdict.status(),
        verdict.reason(),
        verdict.message(),
        unchanged.map(Condition::since).orElse(facts.now()),
        verdict.evidence(),
        verdict.details(),
        verdict.opens() ? Optional.empty() : Optional.of(guard.fixedBy()));
  }

  /** Nothing stands in the way. */
  boolean completes() {
    return conditions.stream().allMatch(Condition::opens);
  }

  /** The first condition that can never be met. */
  Optional<Condition> refusal() {
    return conditions.stream()
        .filter(condition -> condition.status() == Verdict.Status.BARRED)
        .findFirst();
  }
}
