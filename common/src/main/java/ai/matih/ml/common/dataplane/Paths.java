package ai.matih.ml.common.dataplane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the endpoint of a path. Whole paths are found at once, the others one after the other. */
final class Paths {

  private record Pattern(List<String> segments, Endpoint endpoint) {

    boolean matches(String[] path) {
      if (path.length != segments.size()) {
        return false;
      }
      for (int i = 0; i < path.length; i++) {
        String segment = segments.get(i);
        boolean fits = segment.startsWith("{") ? !path[i].isEmpty() : segment.equals(path[i]);
        if (!fits) {
          return false;
        }
      }
      return true;
    }
  }

  private final Map<String, Endpoint> whole = new HashMap<>();
  private final List<Pattern> patterns = new ArrayList<>();

  Paths(List<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      for (String path : endpoint.paths()) {
        if (path.contains("{")) {
          patterns.add(new Pattern(List.of(path.split("/", -1)), endpoint));
        } else {
          whole.put(path, endpoint);
        }
      }
    }
  }

  @Nullable Endpoint find(String path) {
    Endpoint found = whole.get(path);
    if (found != null || patterns.isEmpty()) {
      return found;
    }
    String[] segments = path.split("/", -1);
    for (Pattern pattern : patterns) {
      if (pattern.matches(segments)) {
        return pattern.endpoint();
      }
    }
    return null;
  }
}
