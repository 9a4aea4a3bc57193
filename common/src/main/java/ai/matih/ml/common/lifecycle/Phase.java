package ai.matih.ml.common.lifecycle;

import java.util.Locale;

/** A state of a lifecycle. */
public interface Phase {

  String name();

  /** Whether nothing leaves it. */
  boolean isOver();

  /** The name on the wire. */
  default String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
