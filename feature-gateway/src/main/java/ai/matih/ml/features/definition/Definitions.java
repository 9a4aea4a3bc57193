package ai.matih.ml.features.definition;

import java.util.Map;

/**
 * All definitions of one project at one moment, by name.
 *
 * @param fingerprint changes when any definition changes
 */
public record Definitions(
    String project,
    String fingerprint,
    Map<String, EntityDefinition> entities,
    Map<String, SourceDefinition> sources,
    Map<String, ViewDefinition> views,
    Map<String, ServiceDefinition> services) {

  public Definitions {
    entities = Map.copyOf(entities);
    sources = Map.copyOf(sources);
    views = Map.copyOf(views);
    services = Map.copyOf(services);
  }

  public static Definitions none(String project) {
    return new Definitions(project, "", Map.of(), Map.of(), Map.of(), Map.of());
  }
}
