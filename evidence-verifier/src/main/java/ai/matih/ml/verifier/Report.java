package ai.matih.ml.verifier;

import java.util.ArrayList;
import java.util.List;

/** What was checked, in order, and what was found wrong. */
public final class Report {

  /**
   * One thing that was checked.
   *
   * @param wrong what is wrong with it; empty when it holds
   */
  public record Check(String what, List<String> wrong) {
    public Check {
      wrong = List.copyOf(wrong);
    }
  }

  private final List<Check> checks = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Checks one thing. What cannot even be read is wrong, too. */
  void check(String what, Work work) {
    var wrong = new ArrayList<String>();
    try {
      work.look(wrong);
    } catch (RuntimeException e) {
      wrong.add("cannot be read: " + e.getMessage());
    }
    checks.add(new Check(what, wrong));
  }

  void note(String text) {
    notes.add(text);
  }

  public List<Check> checks() {
    return List.copyOf(checks);
  }

  /** What a reader should know beside. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  public List<String> findings() {
    return checks.stream().flatMap(check -> check.wrong().stream()).toList();
  }

  public boolean holds() {
    return findings().isEmpty();
  }

  /** Adds to the list whatever is wrong. */
  interface Work {
    void look(List<String> wrong);
  }
}
