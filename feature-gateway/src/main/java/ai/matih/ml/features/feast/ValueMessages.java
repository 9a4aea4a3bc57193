package ai.matih.ml.features.feast;

import ai.matih.ml.features.feast.wire.Map;
import ai.matih.ml.features.feast.wire.Value;
import ai.matih.ml.features.feast.wire.ZonedTimestamp;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns a stored {@code feast.types.Value} into a plain Java value. */
final class ValueMessages {

  /** What Feast stores for "no time". */
  private static final long NO_TIME = Long.MIN_VALUE;

  private ValueMessages() {}

  /** Null when the feature was null in its source. */
  static @Nullable Object decode(byte[] message) throws InvalidProtocolBufferException {
    Object scalar = ScalarValues.decode(message);
    if (scalar != null) {
      return scalar;
    }
    try {
      return plain(Value.parseFrom(message)).orElse(null);
    } catch (DateTimeException e) {
      throw new InvalidProtocolBufferException("a time that there is not");
    }
  }

  private static Optional<Object> plain(Value value) {
    return switch (value.getValCase()) {
      case VAL_NOT_SET, NULL_VAL -> Optional.empty();
      case BYTES_VAL -> Optional.of(value.getBytesVal().toByteArray());
      case STRING_VAL -> Optional.of(value.getStringVal());
      case INT32_VAL -> Optional.of(value.getInt32Val());
      case INT64_VAL -> Optional.of(value.getInt64Val());
      case DOUBLE_VAL -> Optional.of(value.getDoubleVal());
      // Widened: a reader of JSON gets the very number that is stored.
      case FLOAT_VAL -> Optional.of((double) value.getFloatVal());
      case BOOL_VAL -> Optional.of(value.getBoolVal());
      case UNIX_TIMESTAMP_VAL -> instant(value.getUnixTimestampVal());
      case BYTES_LIST_VAL -> Optional.of(bytes(value.getBytesListVal().getValList()));
      case STRING_LIST_VAL -> Optional.of(strings(value.getStringListVal().getValList()));
      case INT32_LIST_VAL -> Optional.of(List.copyOf(value.getInt32ListVal().getValList()));
      case INT64_LIST_VAL -> Optional.of(List.copyOf(value.getInt64ListVal().getValList()));
      case DOUBLE_LIST_VAL -> Optional.of(List.copyOf(value.getDoubleListVal().getValList()));
      case FLOAT_LIST_VAL -> Optional.of(floats(value.getFloatListVal().getValList()));
      case BOOL_LIST_VAL -> Optional.of(List.copyOf(value.getBoolListVal().getValList()));
      case UNIX_TIMESTAMP_LIST_VAL ->
          Optional.of(instants(value.getUnixTimestampListVal().getValList()));
      case MAP_VAL -> Optional.of(map(value.getMapVal()));
      case STRUCT_VAL -> Optional.of(map(value.getStructVal()));
      case MAP_LIST_VAL ->
          Optional.of(value.getMapListVal().getValList().stream().map(ValueMessages::map).toList());
      case STRUCT_LIST_VAL ->
          Optional.of(
              value.getStructListVal().getValList().stream().map(ValueMessages::map).toList());
      case BYTES_SET_VAL -> Optional.of(bytes(value.getBytesSetVal().getValList()));
      case STRING_SET_VAL -> Optional.of(strings(value.getStringSetVal().getValList()));
      case INT32_SET_VAL -> Optional.of(List.copyOf(value.getInt32SetVal().getValList()));
      case INT64_SET_VAL -> Optional.of(List.copyOf(value.getInt64SetVal().getValList()));
      case DOUBLE_SET_VAL -> Optional.of(List.copyOf(value.getDoubleSetVal().getValList()));
      case FLOAT_SET_VAL -> Optional.of(floats(value.getFloatSetVal().getValList()));
      case BOOL_SET_VAL -> Optional.of(List.copyOf(value.getBoolSetVal().getValList()));
      case UNIX_TIMESTAMP_SET_VAL ->
          Optional.of(instants(value.getUnixTimestampSetVal().getValList()));
      case JSON_VAL -> Optional.of(value.getJsonVal());
      case JSON_LIST_VAL -> Optional.of(strings(value.getJsonListVal().getValList()));
      case UUID_VAL -> Optional.of(value.getUuidVal());
      case TIME_UUID_VAL -> Optional.of(value.getTimeUuidVal());
      case UUID_LIST_VAL -> Optional.of(strings(value.getUuidListVal().getValList()));
      case TIME_UUID_LIST_VAL -> Optional.of(strings(value.getTimeUuidListVal().getValList()));
      case UUID_SET_VAL -> Optional.of(strings(value.getUuidSetVal().getValList()));
      case TIME_UUID_SET_VAL -> Optional.of(strings(value.getTimeUuidSetVal().getValList()));
      case LIST_VAL -> Optional.of(nested(value.getListVal().getValList()));
      case SET_VAL -> Optional.of(nested(value.getSetVal().getValList()));
      case DECIMAL_VAL -> Optional.of(value.getDecimalVal());
      case DECIMAL_LIST_VAL -> Optional.of(strings(value.getDecimalListVal().getValList()));
      case DECIMAL_SET_VAL -> Optional.of(strings(value.getDecimalSetVal().getValList()));
      // Its keys are no strings: it has no JSON form, and Feast answers null as well.
      case SCALAR_MAP_VAL -> Optional.empty();
      case ZONED_TIMESTAMP_VAL -> zoned(value.getZonedTimestampVal());
    };
  }

  private static Optional<Object> instant(long seconds) {
    return seconds == NO_TIME ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
  }

  private static Optional<Object> zoned(ZonedTimestamp at) {
    if (at.getUnixTimestamp() == NO_TIME) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          OffsetDateTime.ofInstant(
              Instant.ofEpochSecond(at.getUnixTimestamp()), ZoneId.of(at.getZone())));
    } catch (DateTimeException unknownZone) {
      return Optional.of(Instant.ofEpochSecond(at.getUnixTimestamp()));
    }
  }

  private static List<String> strings(List<String> values) {
    return List.copyOf(values);
  }

  private static List<byte[]> bytes(List<ByteString> values) {
    return values.stream().map(ByteString::toByteArray).toList();
  }

  private static List<Double> floats(List<Float> values) {
    return values.stream().map(Float::doubleValue).toList();
  }

  private static List<Instant> instants(List<Long> seconds) {
    return seconds.stream().map(Instant::ofEpochSecond).toList();
  }

  private static List<Object> nested(List<Value> values) {
    List<Object> plain = new ArrayList<>(values.size());
    for (Value value : values) {
      plain.add(plain(value).orElse(null));
    }
    return plain;
  }

  private static java.util.Map<String, Object> map(Map message) {
    java.util.Map<String, Object> plain = new LinkedHashMap<>();
    message.getValMap().forEach((name, value) -> plain.put(name, plain(value).orElse(null)));
    return plain;
  }
}
