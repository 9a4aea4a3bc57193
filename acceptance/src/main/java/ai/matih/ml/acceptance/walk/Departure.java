package ai.matih.ml.acceptance.walk;

import java.util.Map;

/**
 * A departure that no version was trained on.
 *
 * @param unit names it
 * @param features what was known before it, the weather included
 * @param late what became of it
 */
public record Departure(String unit, Map<String, Object> features, boolean late) {}
