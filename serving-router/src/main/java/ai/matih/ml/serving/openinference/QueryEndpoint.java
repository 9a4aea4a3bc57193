package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.common.dataplane.Request;
import ai.matih.ml.common.security.Permission;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A GET that is answered from memory. */
final class QueryEndpoint implements Endpoint {

  private final List<String> paths;
  private final BiConsumer<Request, Output> answer;

  QueryEndpoint(List<String> paths, BiConsumer<Request, Output> answer) {
    this.paths = paths;
    this.answer = answer;
  }

  @Override
  public List<String> paths() {
    return paths;
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public List<Permission> permissions() {
    return List.of(Permission.PREDICTIONS_CREATE, Permission.DEPLOYMENTS_READ);
  }

  @Override
  public boolean reads(@Nullable String type) {
    return true;
  }

  @Override
  public Work read(Request request, byte[] body, int length) {
    return new Work() {
      @Override
      public boolean answerAtOnce(Output to) {
        answer(to);
        return true;
      }

      @Override
      public void answer(Output to) {
        answer.accept(request, to);
      }
    };
  }
}
