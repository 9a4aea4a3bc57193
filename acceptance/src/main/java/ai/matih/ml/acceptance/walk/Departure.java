package ai.matih.ml.acceptance.walk;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A departure that no version was trained on.
 *
 * @param unit names it
 * @param features what was known before it, the weather included; null is missing
 * @param late what became of it
 */
public record Departure(String unit, Map<String, @Nullable Object> features, boolean late) {}
