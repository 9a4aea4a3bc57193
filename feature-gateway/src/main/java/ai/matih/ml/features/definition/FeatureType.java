package ai.matih.ml.features.definition;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The value types of Feast 0.67; on the wire in lower case, for example {@code int64_list}. */
public enum FeatureType {
  INVALID,
  BYTES,
  STRING,
  INT32,
  INT64,
  DOUBLE,
  FLOAT,
  BOOL,
  UNIX_TIMESTAMP,
  BYTES_LIST,
  STRING_LIST,
  INT32_LIST,
  INT64_LIST,
  DOUBLE_LIST,
  FLOAT_LIST,
  BOOL_LIST,
  UNIX_TIMESTAMP_LIST,
  NULL,
  MAP,
  MAP_LIST,
  BYTES_SET,
  STRING_SET,
  INT32_SET,
  INT64_SET,
  DOUBLE_SET,
  FLOAT_SET,
  BOOL_SET,
  UNIX_TIMESTAMP_SET,
  JSON,
  JSON_LIST,
  STRUCT,
  STRUCT_LIST,
  UUID,
  TIME_UUID,
  UUID_LIST,
  TIME_UUID_LIST,
  UUID_SET,
  TIME_UUID_SET,
  VALUE_LIST,
  VALUE_SET,
  DECIMAL,
  DECIMAL_LIST,
  DECIMAL_SET,
  SCALAR_MAP,
  ZONED_TIMESTAMP;

  /** What a join key may be; Feast serializes no others into an entity key. */
  public static final Set<FeatureType> KEYS =
      Set.copyOf(EnumSet.of(STRING, BYTES, INT32, INT64, UNIX_TIMESTAMP));

  /** What a declared feature may be: scalars and lists of them. */
  public static final Set<FeatureType> DECLARABLE =
      Set.copyOf(EnumSet.range(BYTES, UNIX_TIMESTAMP_LIST));

  /** Names that people know from model signatures. */
  private static final Map<String, FeatureType> ALIASES =
      Map.of(
          "long",
          INT64,
          "integer",
          INT32,
          "int",
          INT32,
          "boolean",
          BOOL,
          "timestamp",
          UNIX_TIMESTAMP);

  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<FeatureType> ofWire(String wire) {
    Optional<FeatureType> named =
        Arrays.stream(values()).filter(type -> type.wire().equals(wire)).findFirst();
    return named.isPresent() ? named : Optional.ofNullable(ALIASES.get(wire));
  }

  /** Reads a request's type; the message of a wrong one lists the right ones. */
  @JsonCreator
  static FeatureType read(String wire) {
    return ofWire(wire)
        .filter(DECLARABLE::contains)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be one of "
                        + DECLARABLE.stream()
                            .map(FeatureType::wire)
                            .sorted()
                            .collect(Collectors.joining(", "))));
  }
}
