package ai.matih.ml.common.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.json.JsonMapper;

/** What every service answers to requests that cannot be read, and to paths that nobody has. */
public final class UnreadableRequests {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI service;
  private final String token;

  private UnreadableRequests(URI service, String token) {
    this.service = service;
    this.token = token;
  }

  /**
   * Fails when one of them is not answered by a problem.
   *
   * @param service any address of it
   * @param path of a route that offers GET and no PUT
   * @param token of somebody who may read it
   */
  public static void check(URI service, String path, String token)
      throws IOException, InterruptedException {
    UnreadableRequests requests = new UnreadableRequests(service, token);
    requests.get(path + "?=x", 400, "Common:MalformedRequest");
    requests.get(path + "?" + "a=1&".repeat(1001), 400, "Common:MalformedRequest");
    requests.get(path + "?a=%ff", 400, "Common:MalformedRequest");
    requests.get("/nosuch", 404, "Common:NotFound");
    requests.get("/api/nosuch", 404, "Common:NotFound");
    HttpResponse<String> put = requests.form("PUT", path);
    requests.requireProblem(put, 405, "Common:MethodNotAllowed");
    assertThat(put.headers().firstValue("Allow").orElse("")).contains("GET");
    assertThat(requests.form("GET", path).statusCode()).isEqualTo(200);
    requests.requireProblem(requests.form("POST", "/nosuch"), 404, "Common:NotFound");
  }

  private void get(String path, int status, String code) throws IOException, InterruptedException {
    requireProblem(send(request(path).GET()), status, code);
  }

  /** A body that claims to be a form and does not say where its parts begin. */
  private HttpResponse<String> form(String method, String path)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "multipart/form-data")
            .method(method, HttpRequest.BodyPublishers.ofString("x")));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(service.resolve(path)).header("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private void requireProblem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as("%s %s", answer.uri(), answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(JsonMapper.shared().readTree(answer.body()).path("code").asString(""))
        .isEqualTo(code);
  }
}
