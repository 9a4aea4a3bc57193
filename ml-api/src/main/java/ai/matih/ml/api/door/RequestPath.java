package ai.matih.ml.api.door;

import java.util.regex.Pattern;

/**
 * Refuses paths on which two servers may disagree, before anything looks at them.
 *
 * <p>Path parameters, empty or dotted segments, encoded separators, back-slashes and control
 * characters have no use here and are the raw material of traversal and smuggling. In the name of a
 * file they are ordinary characters; what such a path leads to is decided by {@link
 * ai.matih.ml.api.experiment.ArtifactPath}.
 */
final class RequestPath {

  /** Room for 800 bytes of a file's path, each written as an escape, and for a metric's name. */
  private static final int MAX_LENGTH = 4096;

  // Possessive, so that a long path is matched in a loop and not by recursion.
  private static final Pattern ALLOWED =
      Pattern.compile("(?:/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*+)++");
  private static final Pattern TREACHEROUS =
      Pattern.compile("//|%2[fF]|%5[cC]|%[01][0-9A-Fa-f]|%7[fF]|%25|/(\\.|%2[eE]){1,2}(/|$)");

  /** Python's clients send some of the characters as they are that others write as escapes. */
  private static final Pattern ALLOWED_IN_FILES =
      Pattern.compile("(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@\\[\\]-]|%[0-9A-Fa-f]{2})*+)++");

  private static final Pattern TREACHEROUS_IN_FILES =
      Pattern.compile("//|%00|/(\\.|%2[eE]){1,2}(/|$)");

  private RequestPath() {}

  /**
   * @param path the undecoded path of the request line
   */
  static boolean isSafe(String path) {
    boolean file = MlflowPaths.isArtifact(path);
    return path.length() <= MAX_LENGTH
        && (file ? ALLOWED_IN_FILES : ALLOWED).matcher(path).matches()
        && !(file ? TREACHEROUS_IN_FILES : TREACHEROUS).matcher(path).find();
  }
}
