package ai.matih.ml.api.door;

import java.util.regex.Pattern;

/**
 * Refuses paths on which two servers may disagree, before anything looks at them.
 *
 * <p>Path parameters, empty or dotted segments, encoded separators, back-slashes and control
 * characters have no use here and are the raw material of traversal and smuggling.
 */
final class RequestPath {

  private static final Pattern ALLOWED =
      Pattern.compile("(/([A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})*)+");
  private static final Pattern TREACHEROUS =
      Pattern.compile("//|%2[fF]|%5[cC]|%[01][0-9A-Fa-f]|%7[fF]|%25|/(\\.|%2[eE]){1,2}(/|$)");

  private RequestPath() {}

  /**
   * @param path the undecoded path of the request line
   */
  static boolean isSafe(String path) {
    return path.length() <= 2048
        && ALLOWED.matcher(path).matches()
        && !TREACHEROUS.matcher(path).find();
  }
}
