package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Stage events by way of the outbox, so that none is lost and none tells of what did not happen.
 */
final class OutboxStageEvents implements StageEvents {

  static final String STAGE_CHANGED = "stage.changed";
  static final String MIRROR = "model.mirror";

  private final Supplier<Outbox> outbox;
  private final Runnable signal;

  OutboxStageEvents(Supplier<Outbox> outbox, Runnable signal) {
    this.outbox = outbox;
    this.signal = signal;
  }

  @Override
  public void stageChanged(ModelId model, VersionNumber version, Stage stage) {
    outbox
        .get()
        .append(
            STAGE_CHANGED,
            "models/" + model + "/versions/" + version,
            Map.of("model_id", model, "version", version, "stage", stage.wire()));
  }

  @Override
  public void mirror(ModelId model) {
    outbox.get().append(MIRROR, "models/" + model, Map.of("model_id", model));
  }

  @Override
  public void wake() {
    signal.run();
  }
}
