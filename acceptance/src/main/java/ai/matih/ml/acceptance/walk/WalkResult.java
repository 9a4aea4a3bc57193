package ai.matih.ml.acceptance.walk;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a walk left behind.
 *
 * @param prediction the first answer of version 1
 * @param answeredBy predictions per version under the canary
 * @param waitedFor what version 2 still needed for Production then
 * @param abTest what the A/B test found, with its numbers
 * @param stages the stage of each version at the end
 */
public record WalkResult(
    String model,
    String experiment,
    JsonNode prediction,
    Map<String, Integer> answeredBy,
    String waitedFor,
    JsonNode abTest,
    Map<Integer, String> stages) {}
