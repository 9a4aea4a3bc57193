package ai.matih.ml.features.online.web;

import ai.matih.ml.common.dataplane.Endpoint;
import ai.matih.ml.common.dataplane.Output;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.online.OnlineAnswer;
import ai.matih.ml.features.online.ServeFeatures;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** A call that answers online values; the forms of request and answer are its own. */
abstract class OnlineEndpoint implements Endpoint {

  private final ServeFeatures serve;
  private final JsonMapper json;

  OnlineEndpoint(ServeFeatures serve, JsonMapper json) {
    this.serve = serve;
    this.json = json;
  }

  @Override
  public final List<Permission> permissions() {
    return List.of(Permission.FEATURES_READ, Permission.PREDICTIONS_CREATE);
  }

  /** Work that waits for the store and then writes what came. */
  final Work answering(
      Caller caller,
      ServeFeatures.Question question,
      BiConsumer<OnlineAnswer, JsonGenerator> writer) {
    return new Work() {
      @Override
      public boolean answerAtOnce(Output to) {
        return false;
      }

      @Override
      public void answer(Output to) {
        OnlineAnswer answer = serve.answer(caller.tenant(), question);
        try (JsonGenerator out = json.createGenerator(to)) {
          writer.accept(answer, out);
        }
      }
    };
  }
}
