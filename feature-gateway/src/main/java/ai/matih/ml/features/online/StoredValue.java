package ai.matih.ml.features.online;

import java.time.Instant;
import java.util.Optional;

/**
 * One value as the online store has it.
 *
 * @param value absent when the feature was empty in the source; a number, text, boolean, {@link
 *     Instant}, byte array, or a list or map of those
 */
public record StoredValue(Optional<Object> value, Instant eventTime) {}
