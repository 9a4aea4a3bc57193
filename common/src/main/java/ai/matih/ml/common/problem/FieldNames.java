package ai.matih.ml.common.problem;

import java.util.Locale;

/** Names of fields as callers write them. */
final class FieldNames {

  private FieldNames() {}

  static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
