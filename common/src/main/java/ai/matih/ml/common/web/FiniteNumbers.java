package ai.matih.ml.common.web;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.NumberDeserializers;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Refuses a number that is too large for a double, such as {@code 1e400}: it would be read as
 * infinity, which nobody wrote. Whoever means infinity writes the text {@code "Infinity"}.
 */
public final class FiniteNumbers extends NumberDeserializers.DoubleDeserializer {

  private static final String REFUSED = "is too large for a number of 64 bits";

  private FiniteNumbers(Class<Double> type, @Nullable Double whenNull) {
    super(type, whenNull);
  }

  /** Reads every floating number this way, also those whose type the body decides. */
  public static SimpleModule module() {
    return new SimpleModule("finite-numbers")
        .addDeserializer(Double.class, new FiniteNumbers(Double.class, null))
        .addDeserializer(double.class, new FiniteNumbers(double.class, 0.0))
        .addDeserializer(Number.class, new OfAnyKind());
  }

  @Override
  public Double deserialize(JsonParser parser, DeserializationContext context) {
    boolean written = parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
    return required(super.deserialize(parser, context), written, parser);
  }

  private static <T extends Number> T required(T number, boolean written, JsonParser parser) {
    if (written && !Double.isFinite(number.doubleValue())) {
      throw DatabindException.from(parser, REFUSED, new IllegalArgumentException(REFUSED));
    }
    return number;
  }

  private static final class OfAnyKind extends StdScalarDeserializer<Number> {

    OfAnyKind() {
      super(Number.class);
    }

    @Override
    public @Nullable Number deserialize(JsonParser parser, DeserializationContext context) {
      boolean written = parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
      Object number = NumberDeserializers.NumberDeserializer.instance.deserialize(parser, context);
      return number instanceof Number n ? required(n, written, parser) : null;
    }
  }
}
