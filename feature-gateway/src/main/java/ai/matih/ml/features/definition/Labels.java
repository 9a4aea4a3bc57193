package ai.matih.ml.features.definition;

import java.util.Map;

/** What people write on a definition; it changes nothing about the data. */
public record Labels(String description, String owner, Map<String, String> tags) {

  public static final Labels NONE = new Labels("", "", Map.of());

  public Labels {
    tags = Map.copyOf(tags);
  }
}
