package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Retirement;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a retirement changes beside stages, in the caller's transaction under the model's lock. */
public final class RecordRetirement {

  private static final List<Stage> LIVE =
      List.of(Stage.PRODUCTION, Stage.STAGING, Stage.DEVELOPMENT);

  private final Models models;
  private final Versions versions;
  private final Audit audit;

  public RecordRetirement(Models models, Versions versions, Audit audit) {
    this.models = models;
    this.versions = versions;
    this.audit = audit;
  }

  /** The version in Production, else the newest live one of the highest stage. */
  Optional<ModelVersion> subject(ModelId model) {
    return versions
        .currentProduction(model)
        .or(() -> LIVE.stream().flatMap(stage -> in(stage, model, 1)).findFirst());
  }

  /** Every version that is not archived. */
  List<ModelVersion> live(ModelId model) {
    return LIVE.stream().flatMap(stage -> in(stage, model, Integer.MAX_VALUE)).toList();
  }

  private Stream<ModelVersion> in(Stage stage, ModelId model, int limit) {
    return versions.list(model, Optional.empty(), Optional.of(stage), limit).stream();
  }

  /** Notes that a transition retired its model. */
  void retired(Model model, Transition completed, int archived, Instant at) {
    String reason = completed.reason().orElse("");
    models.change(
        model.retired(
            Optional.of(
                new Retirement(at, completed.requester().principal(), reason, completed.id()))));
    audit.record(
        "model.retired",
        "models/" + model.id(),
        Map.of("transition", completed.id(), "reason", reason, "versions", archived));
  }
}
