package ai.matih.ml.registry.promotion;

import java.util.function.Function;

/** What came of a question to somebody else; silence is never taken for a good answer. */
public sealed interface Reply<T> {

  /** There was an answer. */
  record Received<T>(T value) implements Reply<T> {}

  /** There was none. */
  record Unavailable<T>(String why) implements Reply<T> {}

  /** The guards of this move do not need it. */
  record NotAsked<T>() implements Reply<T> {}

  /** Judges an answer; without one the verdict is unknown. */
  default Verdict judge(Function<T, Verdict> judgement) {
    return switch (this) {
      case Received<T>(T value) -> judgement.apply(value);
      case Unavailable<T>(String why) -> Verdict.unknown(why);
      case NotAsked<T> _ -> Verdict.unknown("It was not asked.");
    };
  }
}
