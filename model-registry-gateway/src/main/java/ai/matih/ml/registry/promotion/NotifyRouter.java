package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import java.util.Optional;

/**
 * Tells the router of a stage change. It says where the version is now rather than where it was
 * when the event was written, so that late and repeated events do no harm.
 */
final class NotifyRouter implements OutboxHandler {

  private final Versions versions;
  private final ServingRouter router;

  NotifyRouter(Versions versions, ServingRouter router) {
    this.versions = versions;
    this.router = router;
  }

  @Override
  public String type() {
    return OutboxStageEvents.STAGE_CHANGED;
  }

  @Override
  public void handle(OutboxEvent event) {
    ModelId model = new ModelId(event.payload().required("model_id").stringValue());
    VersionNumber number = new VersionNumber(event.payload().required("version").intValue());
    Optional<ModelVersion> version = versions.find(model, number);
    version.ifPresent(now -> router.stageChanged(model, number, now.stage()));
  }
}
