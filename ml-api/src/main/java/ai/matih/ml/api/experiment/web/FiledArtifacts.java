package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.Run;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The files of runs, streamed between caller and store. It deals in requests and answers, since
 * nothing of a file is ever held here.
 */
public interface FiledArtifacts {

  /**
   * Streams a file to the caller. Repeatable.
   *
   * @throws ai.matih.ml.common.problem.Problem 404 when there is no such file
   */
  void download(
      Run run, ArtifactPath path, HttpServletRequest request, HttpServletResponse response)
      throws IOException;

  /** Streams the request's body into a file, in place of what was there. Repeatable. */
  void upload(Run run, ArtifactPath path, HttpServletRequest request, HttpServletResponse response)
      throws IOException;
}
