package ai.matih.ml.api.experiment;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file or directory below a run, by its decoded path.
 *
 * <p>Only forms that every file system and object store reads the same: no dotted or empty
 * segments, no back-slashes, control characters or the marks that begin a query, a fragment or an
 * escape.
 */
public record ArtifactPath(List<String> segments) {

  private static final Pattern SEGMENT = Pattern.compile("[^/\\\\\\p{Cntrl}%#?]{1,255}");
  private static final int MAX_LENGTH = 1024;

  public ArtifactPath {
    segments = List.copyOf(segments);
  }

  /** Empty when the path is not of an acceptable form. */
  public static Optional<ArtifactPath> parse(String path) {
    if (path.isEmpty() || path.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    List<String> segments = List.of(path.split("/", -1));
    boolean fine =
        segments.stream()
            .allMatch(
                segment ->
                    SEGMENT.matcher(segment).matches()
                        && !segment.equals(".")
                        && !segment.equals(".."));
    return fine ? Optional.of(new ArtifactPath(segments)) : Optional.empty();
  }

  public String text() {
    return String.join("/", segments);
  }

  /** The directory that holds it; empty at the top. */
  public Optional<ArtifactPath> parent() {
    return segments.size() == 1
        ? Optional.empty()
        : Optional.of(new ArtifactPath(segments.subList(0, segments.size() - 1)));
  }

  @Override
  public String toString() {
    return text();
  }
}
