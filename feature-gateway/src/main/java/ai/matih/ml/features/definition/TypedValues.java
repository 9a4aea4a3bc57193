package ai.matih.ml.features.definition;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values of a request as values of declared types: without loss, or not at all.
 *
 * <p>They become {@link String}, {@link Integer}, {@link Long}, {@link Double}, {@link Boolean},
 * {@code byte[]}, {@link Instant} or a list of one of those.
 */
public final class TypedValues {

  /** Whole numbers beyond it have no {@code double} of their own. */
  private static final long DOUBLE_IS_EXACT = 1L << 53;

  private static final long FLOAT_IS_EXACT = 1L << 24;

  /** What nanoseconds since 1970 can count, by which training joins. */
  public static final Instant FIRST_EVENT = Instant.parse("1678-01-01T00:00:00Z");

  public static final Instant LAST_EVENT = Instant.parse("2261-12-31T23:59:59.999999Z");
  private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");

  private static final Pattern DIGITS = Pattern.compile("-?\\d{1,19}");

  private TypedValues() {}

  /** A join key's value; as Feast does, digits in a string count as a number. */
  public static Optional<Object> key(FeatureType type, @Nullable Object value) {
    if (!FeatureType.KEYS.contains(type)) {
      return Optional.empty();
    }
    boolean digits =
        type != FeatureType.STRING
            && value instanceof String text
            && DIGITS.matcher(text).matches()
            && type != FeatureType.BYTES;
    return feature(type, digits ? new BigInteger((String) value) : value);
  }

  /** A feature's value; null is no value of any type. */
  public static Optional<Object> feature(FeatureType type, @Nullable Object value) {
    return switch (type) {
      case STRING -> text(value);
      case BYTES -> value instanceof String text ? base64(text) : Optional.empty();
      case INT32 -> whole(value).filter(n -> n == n.intValue()).map(n -> (Object) n.intValue());
      case INT64 -> whole(value).map(n -> (Object) n);
      case DOUBLE -> number(value, DOUBLE_IS_EXACT).map(n -> (Object) n);
      case FLOAT ->
          number(value, FLOAT_IS_EXACT)
              .filter(n -> n.isInfinite() || !Float.isInfinite(n.floatValue()))
              .map(n -> (Object) (double) n.floatValue());
      case BOOL -> value instanceof Boolean ? Optional.of(value) : Optional.empty();
      case UNIX_TIMESTAMP -> seconds(value).map(n -> (Object) n);
      case STRING_LIST,
          BYTES_LIST,
          INT32_LIST,
          INT64_LIST,
          DOUBLE_LIST,
          FLOAT_LIST,
          BOOL_LIST,
          UNIX_TIMESTAMP_LIST ->
          value instanceof List<?> list ? elements(element(type), list) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** When something happened: ISO 8601, without an offset in UTC. Kept to the microsecond. */
  public static Optional<Instant> eventTime(@Nullable Object value) {
    return value instanceof String text
        ? instant(text)
            .map(at -> at.truncatedTo(ChronoUnit.MICROS))
            .filter(at -> !at.isBefore(FIRST_EVENT) && !at.isAfter(LAST_EVENT))
        : Optional.empty();
  }

  public static String eventTimeDescribed() {
    return "an ISO 8601 time of the years 1678 to 2261";
  }

  /** What a value of the type looks like in a request. */
  public static String described(FeatureType type) {
    return switch (type) {
      case STRING -> "a string";
      case BYTES -> "base64";
      case INT32 -> "a whole number of 32 bits";
      case INT64 -> "a whole number of 64 bits";
      case DOUBLE -> "a number that 64 bits of floating point hold";
      case FLOAT -> "a number that 32 bits of floating point hold";
      case BOOL -> "true or false";
      case UNIX_TIMESTAMP -> "an ISO 8601 time or epoch seconds, in whole seconds";
      case STRING_LIST,
          BYTES_LIST,
          INT32_LIST,
          INT64_LIST,
          DOUBLE_LIST,
          FLOAT_LIST,
          BOOL_LIST,
          UNIX_TIMESTAMP_LIST ->
          "a list whose every element is " + described(element(type));
      default -> "of a type that can be written here, which " + type.wire() + " is not";
    };
  }

  private static FeatureType element(FeatureType list) {
    return FeatureType.valueOf(list.name().replace("_LIST", ""));
  }

  private static Optional<Object> elements(FeatureType type, List<?> list) {
    List<Object> elements = new ArrayList<>(list.size());
    for (Object element : list) {
      Optional<Object> typed = feature(type, element);
      if (typed.isEmpty()) {
        return Optional.empty();
      }
      elements.add(typed.get());
    }
    return Optional.of(elements);
  }

  private static Optional<Object> text(@Nullable Object value) {
    // Half of a surrogate pair is no character; it could not be stored.
    return value instanceof String text
            && text.codePoints().noneMatch(c -> c <= 0xFFFF && Character.isSurrogate((char) c))
        ? Optional.of(text)
        : Optional.empty();
  }

  /**
   * Also a number that was written as 2.0; a fraction never, and nothing that may be the neighbour
   * of what was written.
   */
  private static Optional<Long> whole(@Nullable Object value) {
    return switch (value) {
      case Integer number -> Optional.of(number.longValue());
      case Long number -> Optional.of(number);
      case BigInteger number when number.bitLength() < 64 -> Optional.of(number.longValue());
      case Double number when number == Math.rint(number) && Math.abs(number) < DOUBLE_IS_EXACT ->
          Optional.of(number.longValue());
      case BigDecimal number -> whole(number.doubleValue());
      case null, default -> Optional.empty();
    };
  }

  /** Infinite values are written as they are served, since JSON has no number for them. */
  private static Optional<Double> number(@Nullable Object value, long exact) {
    return switch (value) {
      case Double number when !number.isInfinite() && !number.isNaN() -> Optional.of(number);
      case BigDecimal number -> number(number.doubleValue(), exact);
      case String text when text.equals("Infinity") -> Optional.of(Double.POSITIVE_INFINITY);
      case String text when text.equals("-Infinity") -> Optional.of(Double.NEGATIVE_INFINITY);
      case Integer _, Long _ ->
          whole(value).filter(n -> n >= -exact && n <= exact).map(Long::doubleValue);
      case null, default -> Optional.empty();
    };
  }

  private static Optional<Instant> seconds(@Nullable Object value) {
    Optional<Instant> at =
        value instanceof String text
            ? instant(text)
            : whole(value)
                .filter(n -> n >= FIRST_TIME.getEpochSecond() && n <= LAST_TIME.getEpochSecond())
                .map(Instant::ofEpochSecond);
    return at.filter(t -> t.truncatedTo(ChronoUnit.SECONDS).equals(t))
        .filter(t -> !t.isBefore(FIRST_TIME) && !t.isAfter(LAST_TIME));
  }

  private static Optional<Object> base64(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> instant(String text) {
    try {
      TemporalAccessor at =
          DateTimeFormatter.ISO_DATE_TIME
              .withLocale(Locale.ROOT)
              .parseBest(text, OffsetDateTime::from, LocalDateTime::from);
      return Optional.of(
          at instanceof OffsetDateTime zoned
              ? zoned.toInstant()
              : ((LocalDateTime) at).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
