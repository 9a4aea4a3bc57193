package ai.matih.ml.common.page;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param nextPageToken absent on the last page
 */
public record Page<T>(List<T> items, Optional<String> nextPageToken) {

  public Page {
    items = List.copyOf(items);
  }

  /**
   * Cuts a page from rows of which one more than the page size was read.
   *
   * @param token names the last row of the page in the list's order
   */
  public static <T> Page<T> cut(List<T> rows, PageRequest request, Function<T, PageToken> token) {
    if (rows.size() <= request.size()) {
      return new Page<>(rows, Optional.empty());
    }
    List<T> items = rows.subList(0, request.size());
    return new Page<>(items, Optional.of(token.apply(items.getLast()).encoded()));
  }

  public <R> Page<R> map(Function<? super T, ? extends R> mapping) {
    return new Page<>(items.stream().<R>map(mapping).toList(), nextPageToken);
  }
}
