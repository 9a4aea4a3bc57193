package ai.matih.ml.training.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a training did otherwise than its caller may think: left out, cut, or taken for something
 * else.
 *
 * @param column that it is about, as the caller names it
 */
public record JobWarning(Code code, Optional<String> column, String message) {

  /** The closed list; the training code has the same one. */
  public enum Code {
    COLUMN_NOT_USABLE,
    INDEX_NOT_USED,
    COLUMN_EMPTY,
    COLUMN_CONSTANT,
    CATEGORIES_UNKNOWN,
    TEXTS_MOSTLY_UNIQUE,
    NUMBERS_AS_TEXT,
    DATES_AS_TEXT,
    NUMBERS_ROUNDED,
    NUMBERS_CUT,
    ROWS_WITHOUT_TARGET,
    RARE_CLASS,
    CHOSEN_BY_HELD_OUT_ROWS,
    ONNX_DIFFERS,
    FEW_EXAMPLES,
    NO_ONNX_FORM,
    NO_PROBABILITIES,
    UNKNOWN_TEXTS_DIFFER,
    MORE_WARNINGS;

    /** Empty for what this release does not know. */
    public static Optional<Code> ofWire(String wire) {
      return Arrays.stream(values()).filter(code -> code.wire().equals(wire)).findFirst();
    }

    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
