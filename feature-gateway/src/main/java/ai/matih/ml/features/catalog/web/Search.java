package ai.matih.ml.features.catalog.web;

import ai.matih.ml.features.catalog.web.CatalogEntries.ViewEntry;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The filters of the catalogue; all of those given must hold. */
record Search(
    Optional<String> q,
    Optional<String> entity,
    Optional<String> owner,
    Optional<String> tag,
    Optional<String> service) {

  boolean finds(ViewEntry view) {
    return q.map(text -> matches(view, text.toLowerCase(Locale.ROOT))).orElse(true)
        && entity.map(view.entities()::contains).orElse(true)
        && owner.map(view.owner()::equals).orElse(true)
        && tag.map(text -> tagged(view, text)).orElse(true)
        && service.map(view.usedBy()::contains).orElse(true);
  }

  private static boolean matches(ViewEntry view, String text) {
    return Stream.of(
            Stream.of(view.name(), view.description(), view.owner()),
            view.entities().stream(),
            view.tags().entrySet().stream().map(t -> t.getKey() + ":" + t.getValue()),
            view.features().stream().flatMap(f -> Stream.of(f.name(), f.description())))
        .flatMap(s -> s)
        .anyMatch(s -> s.toLowerCase(Locale.ROOT).contains(text));
  }

  /** {@code key} or {@code key:value}. */
  private static boolean tagged(ViewEntry view, String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? view.tags().containsKey(text)
        : text.substring(colon + 1).equals(view.tags().get(text.substring(0, colon)));
  }
}
