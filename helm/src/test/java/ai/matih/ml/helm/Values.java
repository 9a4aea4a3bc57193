package ai.matih.ml.helm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values files of a chart, and single values on top. */
record Values(String release, List<String> files, Map<String, Object> tree) {

  Values {
    files = List.copyOf(files);
  }

  static Values none() {
    return new Values("m", List.of(), Map.of());
  }

  static Values dev() {
    return new Values("m", List.of("values-dev.yaml"), Map.of());
  }

  /** The production size, with what only an operator knows. */
  static Values prod() {
    return new Values("m", List.of("values-prod.yaml"), Map.of())
        .with("postgresql.external.host", "db.example.com")
        .with("objectStore.external.endpoint", "https://s3.example.com");
  }

  Values as(String name) {
    return new Values(name, files, tree);
  }

  /** The same with one value more, by its path; a dot in a name is written {@code \.} . */
  Values with(String path, @Nullable Object value) {
    return new Values(release, files, put(tree, List.of(path.split("(?<!\\\\)\\.")), value));
  }

  private static Map<String, Object> put(
      Map<String, Object> tree, List<String> path, @Nullable Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(tree);
    String key = path.getFirst().replace("\\.", ".");
    List<String> rest = new ArrayList<>(path.subList(1, path.size()));
    copy.put(key, rest.isEmpty() ? value : put(below(tree.get(key)), rest, value));
    return copy;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> below(@Nullable Object value) {
    return value instanceof Map ? (Map<String, Object>) value : Map.of();
  }
}
