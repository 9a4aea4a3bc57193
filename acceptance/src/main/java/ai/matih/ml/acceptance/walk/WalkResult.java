package ai.matih.ml.acceptance.walk;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a walk left behind.
 *
 * @param prediction the first answer of version 1
 * @param rollout of version 2, completed
 * @param waitedFor what version 2 still needed for Production then
 * @param abTest what the A/B test found, with its numbers
 * @param drift of version 2 after its inputs changed
 * @param stages the stage of each version at the end
 */
public record WalkResult(
    String model,
    String experiment,
    JsonNode prediction,
    JsonNode rollout,
    String waitedFor,
    JsonNode abTest,
    JsonNode drift,
    Map<Integer, String> stages) {}
