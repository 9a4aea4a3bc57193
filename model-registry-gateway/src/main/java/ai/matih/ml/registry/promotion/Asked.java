package ai.matih.ml.registry.promotion;

import java.util.function.Function;

/** What came of a question to somebody else; silence is never taken for a good answer. */
sealed interface Asked<T> {

  /** There was an answer. */
  record Answered<T>(T value) implements Asked<T> {}

  /** There was none. */
  record Silent<T>(String why) implements Asked<T> {}

  /** The guards of this move do not need it. */
  record NotAsked<T>() implements Asked<T> {}

  /** Judges an answer; without one the verdict is unknown. */
  default Verdict judge(Function<T, Verdict> judgement) {
    return switch (this) {
      case Answered<T>(T value) -> judgement.apply(value);
      case Silent<T>(String why) -> Verdict.unknown(why);
      case NotAsked<T> _ -> Verdict.unknown("It was not asked.");
    };
  }
}
