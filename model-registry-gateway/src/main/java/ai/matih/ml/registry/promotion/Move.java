package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.Stage;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One move that a version can make, with everything that has to hold for it. */
public record Move(Stage from, Stage to, String name, List<Guard> guards) {

  public Move {
    guards = List.copyOf(guards);
  }

  public Set<Question> asks() {
    Set<Question> questions = EnumSet.noneOf(Question.class);
    guards.forEach(guard -> questions.addAll(guard.asks()));
    return questions;
  }

  /** Whether somebody else has to agree. */
  public boolean needsApproval() {
    return guards.stream().anyMatch(ApprovedByOthers.class::isInstance);
  }

  boolean needsIntegrationTests() {
    return guards.stream().anyMatch(IntegrationTestsPassed.class::isInstance);
  }

  @Override
  public String toString() {
    return from.title() + " → " + to.title();
  }
}
