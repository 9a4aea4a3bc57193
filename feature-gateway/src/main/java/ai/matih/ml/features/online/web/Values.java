package ai.matih.ml.features.online.web;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes the values of one answer. */
final class Values {

  private final JsonGenerator to;
  private @Nullable Instant last;
  private String lastText = "";

  Values(JsonGenerator to) {
    this.to = to;
  }

  /** Numbers and texts here; the rest as everywhere else. */
  void write(Object value) {
    switch (value) {
      case Double number -> to.writeNumber(number);
      case Long number -> to.writeNumber(number);
      case Integer number -> to.writeNumber(number);
      case String text -> to.writeString(text);
      case Boolean flag -> to.writeBoolean(flag);
      default -> to.writePOJO(value);
    }
  }

  /** In ISO 8601. The values of a row were true at the same time, as a rule. */
  String text(Instant at) {
    if (!at.equals(last)) {
      last = at;
      lastText = at.toString();
    }
    return lastText;
  }
}
