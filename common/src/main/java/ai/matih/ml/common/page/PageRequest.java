package ai.matih.ml.common.page;

import java.util.Optional;
import java.util.function.Function;

/**
 * Which page a caller wants; controllers take it as an argument.
 *
 * @param size 1 to 500, 50 when not given
 */
public record PageRequest(int size, Optional<String> token) {

  public static final int DEFAULT_SIZE = 50;
  public static final int MAX_SIZE = 500;

  /** Rows to read: one more than the page tells whether another page follows. */
  public int limit() {
    return size + 1;
  }

  public Optional<PageToken> after(int expectedParts) {
    return token.map(t -> PageToken.decode(t, expectedParts));
  }

  /** The one sort value of the last row, parsed; a made-up one is a 400. */
  public <T> Optional<T> after(Function<String, T> parse) {
    return after(1)
        .map(
            t -> {
              try {
                return parse.apply(t.parts().getFirst());
              } catch (RuntimeException e) {
                throw ai.matih.ml.common.problem.Problem.invalid(
                    "page_token", "is not a token of this list");
              }
            });
  }
}
