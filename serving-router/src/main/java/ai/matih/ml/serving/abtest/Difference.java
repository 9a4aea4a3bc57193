package ai.matih.ml.serving.abtest;

/** What lies between the two arms, in the metric's own unit, and how exactly that is known. */
public interface Difference {

  /** Whether there is enough for anything to be said. */
  boolean isEnough();

  /** The metric on control. */
  double value0();

  /** The metric on the challenger. */
  double value1();

  double standardError();

  /** The challenger's less control's. */
  default double difference() {
    return value1() - value0();
  }
}
