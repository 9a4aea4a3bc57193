package ai.matih.ml.common.problem;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * A problem as clients of the Open Inference Protocol read it: they look for one text, and show
 * nothing else.
 */
record OpenInferenceBody(@JsonUnwrapped ProblemBody problem, String error) {

  private static final String ROOT = "/v2";

  /** Whether a path is the protocol's. */
  static boolean isFor(String path) {
    return path.startsWith(ROOT)
        && (path.length() == ROOT.length() || path.charAt(ROOT.length()) == '/');
  }

  static OpenInferenceBody of(Problem problem, ProblemBody body) {
    return new OpenInferenceBody(body, problem.inWords());
  }
}
