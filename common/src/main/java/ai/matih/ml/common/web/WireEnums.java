package ai.matih.ml.common.web;

import java.util.Locale;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.convert.converter.ConverterFactory;

/** Reads the constants of our enums in query parameters as they are written in bodies. */
@SuppressWarnings({"rawtypes", "unchecked"}) // the shape that Spring asks for
public final class WireEnums implements ConverterFactory<String, Enum> {

  @Override
  public <T extends Enum> Converter<String, T> getConverter(Class<T> type) {
    return text -> (T) Enum.valueOf((Class) type, text.toUpperCase(Locale.ROOT));
  }
}
