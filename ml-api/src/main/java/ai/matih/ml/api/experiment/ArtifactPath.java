package ai.matih.ml.api.experiment;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A file or directory below a run, by the name under which MLflow's store keeps it.
 *
 * <p>MLflow decodes a path over and over until it stays the same ({@code a%41} becomes {@code aA}),
 * and only then looks where it leads. So do we: what is checked is what is stored. Everything that
 * MLflow takes passes, except what leads elsewhere, on whatever system it is downloaded.
 */
public record ArtifactPath(List<String> segments) {

  /** As a key of an object store, with its root before it, which may have 1024 bytes. */
  public static final int MAX_BYTES = 800;

  /** MLflow and the store of one machine keep a file for a moment under its name and a suffix. */
  public static final int MAX_NAME_BYTES = 210;

  public static final String RULE =
      "is not a relative path of up to "
          + MAX_BYTES
          + " bytes in UTF-8, with names of up to "
          + MAX_NAME_BYTES
          + ", without #, empty names, . and ..";

  /** Folders before a run's or model's own, in the store of all files. */
  private static final int MAX_ROOT_BYTES = 150;

  private static final int MAX_DECODINGS = 10;

  public ArtifactPath {
    segments = List.copyOf(segments);
  }

  /**
   * A path below a run or model.
   *
   * @param path decoded once, as every URL is
   * @return empty when the path is not of an acceptable form
   */
  public static Optional<ArtifactPath> parse(String path) {
    return parse(path, MAX_BYTES);
  }

  /** A path from the root of the store of all files. */
  public static Optional<ArtifactPath> fromRoot(String path) {
    return parse(path, MAX_ROOT_BYTES + MAX_BYTES);
  }

  private static Optional<ArtifactPath> parse(String path, int maxBytes) {
    return stored(path)
        .filter(text -> bytes(text) <= maxBytes && text.indexOf('#') < 0)
        .map(text -> List.of(text.split("/", -1)))
        .filter(names -> names.stream().allMatch(ArtifactPath::isName))
        .map(ArtifactPath::new);
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && bytes(name) <= MAX_NAME_BYTES
        && !name.equals(".")
        && List.of(name.split("[\\\\;]", -1)).stream()
            .noneMatch(part -> part.equals("..") || (part.equals(".") && name.startsWith(".;")));
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
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

  /** Without the first folders, within the limit of a path below them. */
  public Optional<ArtifactPath> below(int folders) {
    return segments.size() <= folders
        ? Optional.empty()
        : parse(String.join("/", segments.subList(folders, segments.size())));
  }

  @Override
  public String toString() {
    return text();
  }

  /** What MLflow makes of a path; empty when it gives up. */
  private static Optional<String> stored(String path) {
    String known = path;
    for (int i = 0; i < MAX_DECODINGS; i++) {
      String decoded = withoutEmptyParts(unquoted(known));
      if (decoded.equals(known)) {
        return Optional.of(escaped(known));
      }
      known = decoded;
    }
    return Optional.empty();
  }

  /** As Python's {@code urllib.parse.unquote}: what is no escape stays. */
  private static String unquoted(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%'
          && i + 2 < in.length
          && HexFormat.isHexDigit(in[i + 1])
          && HexFormat.isHexDigit(in[i + 2])) {
        bytes.write(HexFormat.fromHexDigit(in[i + 1]) * 16 + HexFormat.fromHexDigit(in[i + 2]));
        i += 2;
      } else {
        bytes.write(in[i]);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** What Python's {@code urlparse} loses: line ends, and the mark of a part without text. */
  private static String withoutEmptyParts(String text) {
    String url = text.replaceAll("[\\t\\r\\n]", "").replaceAll("^[\\x00-\\x20]+", "");
    url = url.replaceFirst("^([^#]*)#$", "$1").replaceFirst("^([^#?]*)\\?(#|$)", "$1$2");
    return url.replaceFirst("^([^?#]*/[^;/?#]*|[^;/?#]*);([?#]|$)", "$1$2");
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == 0x7f) {
        escaped.append("%%%02x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
