package ai.matih.ml.common.web;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Refuses texts that no database stores: those with a NUL or with half of a character. They would
 * fail deep inside, without the name of the field.
 */
public final class PlainText extends StringDeserializer {

  public static final String REFUSED = "must not contain NUL or half of a character";

  private PlainText() {}

  /** Reads every text and every key of an object this way. */
  public static SimpleModule module() {
    return new SimpleModule("plain-text")
        .addDeserializer(String.class, new PlainText())
        .addKeyDeserializer(
            String.class,
            new KeyDeserializer() {
              @Override
              public Object deserializeKey(String key, DeserializationContext context) {
                if (!isPlain(key)) {
                  DatabindException refusal = refused(context.getParser());
                  refusal.prependPath(key, key.replaceAll("[\\x00\\p{Cs}]", "?"));
                  throw refusal;
                }
                return key;
              }
            });
  }

  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) {
    String text = super.deserialize(parser, context);
    if (!isPlain(text)) {
      throw refused(parser);
    }
    return text;
  }

  private static DatabindException refused(@Nullable JsonParser parser) {
    return DatabindException.from(parser, REFUSED, new IllegalArgumentException(REFUSED));
  }

  /** Whether a database keeps the text. */
  public static boolean isPlain(@Nullable String text) {
    if (text == null) {
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }
}
