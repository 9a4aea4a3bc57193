package ai.matih.ml.common.dataplane;

import org.jspecify.annotations.Nullable;

/** What a {@code Content-Type} says. */
final class ContentTypes {

  private static final String JSON = "application/json";

  private ContentTypes() {}

  static boolean isJson(@Nullable String type) {
    if (type == null || !type.regionMatches(true, 0, JSON, 0, JSON.length())) {
      return false;
    }
    String rest = type.substring(JSON.length()).strip();
    return rest.isEmpty() || rest.charAt(0) == ';';
  }
}
