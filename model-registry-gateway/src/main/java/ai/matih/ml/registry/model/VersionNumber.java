package ai.matih.ml.registry.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The number of a version within its model, from 1 on, never used twice. */
public record VersionNumber(@JsonValue int value) implements Comparable<VersionNumber> {

  @JsonCreator
  public VersionNumber {
    if (value < 1) {
      throw new IllegalArgumentException("must be 1 or more");
    }
  }

  @Override
  public int compareTo(VersionNumber other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
