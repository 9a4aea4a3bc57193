package ai.matih.ml.registry.model;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A line of versions that serve one purpose.
 *
 * @param owner the principal who created it
 */
public record Model(
    ModelId id,
    String name,
    Optional<String> description,
    Task task,
    Optional<String> framework,
    Map<String, String> tags,
    String owner,
    Instant createdAt,
    Instant updatedAt) {

  public Model {
    tags = Map.copyOf(tags);
  }
}
