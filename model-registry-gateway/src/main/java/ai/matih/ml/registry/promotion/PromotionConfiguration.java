package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.registry.evidence.EvidenceListener;
import ai.matih.ml.registry.model.RegistrationListener;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({
  FindTransition.class,
  AskRouter.class,
  GatherFacts.class,
  ChangeStage.class,
  RecordRetirement.class,
  Gate.class,
  PromoteVersion.class,
  RetireModel.class,
  ReviewTransition.class,
  AdvanceTransition.class,
  NotifyRouter.class
})
class PromotionConfiguration {

  @Bean
  StageEvents stageEvents(ObjectProvider<Outbox> outbox, Signals signals) {
    // The outbox knows its handlers, and the mirror among them reads what this package stores.
    return new OutboxStageEvents(outbox::getObject, () -> signals.send(StageEvents.TOPIC));
  }

  /** A version begins its life in Development. */
  @Bean
  RegistrationListener beginHistory(StageHistory history, StageEvents events) {
    return version -> {
      history.begin(
          new StagePeriod(
              version.model(),
              version.number(),
              version.stage(),
              false,
              version.createdAt(),
              Optional.empty(),
              Optional.empty(),
              version.registeredBy(),
              Optional.empty()));
      events.mirror(version.model());
    };
  }

  @Bean
  EvidenceListener settleOnNewEvidence(Transitions transitions, StageEvents events) {
    return model -> {
      transitions.dueNow(model);
      events.wake();
    };
  }

  @Bean
  Reconciler advanceTransitions(
      Reconcilers reconcilers, AdvanceTransition advance, PromotionSettings settings) {
    return reconcilers
        .of("transitions", "transition")
        .where("state = 'PENDING'")
        .dueAt("next_check_at")
        .every(settings.checkEvery())
        .wokenBy(StageEvents.TOPIC)
        .each(advance::advance);
  }
}
