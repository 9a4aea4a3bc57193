package ai.matih.ml.registry.model;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A line of versions that serve one purpose.
 *
 * @param owner the principal who created it
 * @param retirement that is in force
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
    Instant updatedAt,
    Optional<Retirement> retirement) {

  public Model {
    tags = Map.copyOf(tags);
  }

  /** The same, retired or not any more. */
  public Model retired(Optional<Retirement> now) {
    return new Model(
        id, name, description, task, framework, tags, owner, createdAt, updatedAt, now);
  }
}
