package ai.matih.ml.acceptance.walk;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a walk left behind.
 *
 * @param prediction the first answer of version 1
 * @param answeredBy predictions per version under the canary
 * @param waitsFor what version 2 still needs for Production
 */
public record WalkResult(
    String model,
    String experiment,
    JsonNode prediction,
    Map<String, Integer> answeredBy,
    String waitsFor) {}
