package ai.matih.ml.features.catalog.web;

import ai.matih.ml.common.problem.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Revisions as entity tags. */
final class Revision {

  private Revision() {}

  static String tag(long revision) {
    return "\"" + revision + "\"";
  }

  static Optional<Long> ifMatch(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    String plain = header.strip().replaceFirst("^W/", "").replace("\"", "");
    if (!plain.matches("\\d{1,18}")) {
      throw Problem.invalid("If-Match", "must be the ETag of the document");
    }
    return Optional.of(Long.parseLong(plain));
  }
}
