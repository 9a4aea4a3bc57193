package ai.matih.ml.common.web;

import ai.matih.ml.common.problem.CommonError;
import java.io.IOException;
import java.util.UUID;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * What the web server itself refuses, before any of our code sees it, is a problem too: a path with
 * an encoded slash or a line that is not HTTP. Otherwise it would answer with a page.
 */
public final class ProblemReportValve extends ErrorReportValve {

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    CommonError error = status < 500 ? CommonError.MALFORMED_REQUEST : CommonError.INTERNAL;
    String detail = status < 500 ? "The request cannot be read." : "The service failed.";
    try {
      response.setContentType("application/problem+json;charset=utf-8");
      response
          .getReporter()
          .write(
              "{\"type\":\"urn:matih-ml:problem:%1$s\",\"title\":\"%2$s\",\"status\":%3$d,\"detail\":\"%4$s\",\"code\":\"%1$s\",\"error_id\":\"%5$s\"}"
                  .formatted(error.code(), error.title(), status, detail, UUID.randomUUID()));
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      // The caller is gone or has its answer; nobody is left to tell.
      container.getLogger().debug("a refusal was not written", e);
    }
  }
}
