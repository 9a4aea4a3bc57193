package ai.matih.ml.training.algorithm;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Name of an algorithm, as callers write it.
 *
 * <p>In stored jobs it is in capitals: releases that knew algorithms as constants read and wrote it
 * so.
 */
public record AlgorithmName(String value) {

  @JsonCreator
  static AlgorithmName ofStored(String stored) {
    return new AlgorithmName(stored.toLowerCase(Locale.ROOT));
  }

  @JsonValue
  String stored() {
    return value.toUpperCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return value;
  }
}
