package ai.matih.ml.registry.model;

import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.Tenant;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({
  ModelTransactions.class,
  FindModel.class,
  CreateModel.class,
  ChangeModel.class,
  AddVersion.class,
  InspectRun.class,
  RegisterVersion.class
})
class ModelConfiguration {

  @Bean
  AnswerCache answerCache(Signals signals) {
    AnswerCache cache = new AnswerCache(signals::isListening, System::nanoTime);
    signals.listenToDetails(
        "models",
        told ->
            told.map(model -> model.split("/", 2))
                .ifPresentOrElse(
                    model -> cache.invalidate(new Tenant(model[0]), new ModelId(model[1])),
                    cache::invalidateAll));
    return cache;
  }
}
