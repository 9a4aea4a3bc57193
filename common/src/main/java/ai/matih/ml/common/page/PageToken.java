package ai.matih.ml.common.page;

import ai.matih.ml.common.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Where a page ended: the sort values of its last row. Opaque to callers. */
public record PageToken(List<String> parts) {

  private static final String SEPARATOR = "\u001f";

  public PageToken {
    parts = List.copyOf(parts);
  }

  public static PageToken of(Object... parts) {
    return new PageToken(java.util.Arrays.stream(parts).map(String::valueOf).toList());
  }

  public String encoded() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join(SEPARATOR, parts).getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a token that a caller sent back; a made-up one is a 400. */
  public static PageToken decode(String encoded, int expectedParts) {
    try {
      String joined = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
      List<String> parts = List.of(joined.split(SEPARATOR, -1));
      if (parts.size() == expectedParts) {
        return new PageToken(parts);
      }
    } catch (IllegalArgumentException e) {
      // Falls through: not base64 is as wrong as the wrong number of parts.
    }
    throw Problem.invalid("page_token", "is not a token of this list");
  }
}
