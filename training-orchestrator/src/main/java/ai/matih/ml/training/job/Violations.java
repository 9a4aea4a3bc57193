package ai.matih.ml.training.job;

import ai.matih.ml.common.problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults of one request, gathered so that a person hears of all at once. */
final class Violations {

  private final List<Violation> found = new ArrayList<>();

  void add(String field, String message) {
    found.add(new Violation(field, message));
  }

  void addAll(List<Violation> more) {
    found.addAll(more);
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<Violation> list() {
    return List.copyOf(found);
  }

  /** The number, which must lie between both bounds. */
  int between(String field, Optional<Integer> value, int otherwise, int low, int high) {
    int number = value.orElse(otherwise);
    if (number < low || number > high) {
      add(field, "must be an integer from %d to %d".formatted(low, high));
    }
    return number;
  }
}
