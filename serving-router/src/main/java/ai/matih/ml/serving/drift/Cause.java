package ai.matih.ml.serving.drift;

import java.util.Locale;

/** Why a distribution is away from its reference, as far as the arms of a model tell it. */
public enum Cause {
  NONE("Nothing drifted."),
  POPULATION(
      "All arms see the same inputs, and these are not those of the training: the population changed."),
  ARM(
      "The arms do not see the same inputs: something else changed than the population, such as who is sent to which arm, or how one of them gets its inputs."),
  TRAINING_DATA(
      "All arms see the same inputs, and only some versions were trained on others: it is their training data that differs."),
  ONE_ARM(
      "Only one arm has enough rows, so it cannot be told apart whether the population changed or this arm's share of it."),
  MIXED("The drifted inputs have different causes; see each one.");

  private final String sentence;

  Cause(String sentence) {
    this.sentence = sentence;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people. */
  public String sentence() {
    return sentence;
  }
}
