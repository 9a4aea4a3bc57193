package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.registry.Transactions;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.mlflow.MlflowRegistry.MirroredVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Makes MLflow's registry show what this one decided. Each time the whole model is compared and
 * what differs is set right, so an event that is late, lost or repeated does no harm.
 */
@Component
final class MirrorModel implements OutboxHandler {

  static final String VERSION_TAG = "matih.version";
  private static final int BATCH = 500;

  private final Models models;
  private final Versions versions;
  private final MlflowRegistry mlflow;
  private final Transactions transactions;

  MirrorModel(Models models, Versions versions, MlflowRegistry mlflow, Transactions transactions) {
    this.models = models;
    this.versions = versions;
    this.mlflow = mlflow;
    this.transactions = transactions;
  }

  @Override
  public String type() {
    return "model.mirror";
  }

  @Override
  public void handle(OutboxEvent event) {
    mirror(new ModelId(event.payload().required("model_id").stringValue()));
  }

  /** Repeatable; afterwards MLflow has each version once, with its tags and aliases. */
  void mirror(ModelId id) {
    Optional<Model> model = transactions.call(() -> models.find(id));
    if (model.isEmpty()) {
      return;
    }
    List<ModelVersion> ours = transactions.call(() -> oldestFirst(id));
    Map<String, String> aliases = mlflow.ensureModel(id, model.get().description().orElse(""));
    Map<VersionNumber, MirroredVersion> mirrored = withoutDuplicates(id);
    for (ModelVersion version : ours) {
      MirroredVersion mirror =
          mirrored.computeIfAbsent(version.number(), _ -> mlflow.create(version, tags(version)));
      tags(version)
          .forEach(
              (key, value) -> {
                if (!value.equals(mirror.tags().get(key))) {
                  mlflow.tag(id, mirror.number(), key, value);
                }
              });
    }
    alias(id, "production", aliases, mirrored, ours, ModelVersion::isCurrentProduction);
    alias(id, "staging", aliases, mirrored, ours, v -> v.stage() == Stage.STAGING);
  }

  private List<ModelVersion> oldestFirst(ModelId id) {
    List<ModelVersion> all = new ArrayList<>();
    Optional<VersionNumber> below = Optional.empty();
    while (true) {
      List<ModelVersion> batch = versions.list(id, below, Optional.empty(), BATCH);
      all.addAll(batch);
      if (batch.size() < BATCH) {
        return all.reversed();
      }
      below = Optional.of(batch.getLast().number());
    }
  }

  /** Two deliveries at once may have created a version twice; the first one stays. */
  private Map<VersionNumber, MirroredVersion> withoutDuplicates(ModelId id) {
    Map<VersionNumber, MirroredVersion> kept = new LinkedHashMap<>();
    mlflow.versions(id).stream()
        .sorted(Comparator.comparingInt(version -> Integer.parseInt(version.number())))
        .forEach(
            version -> {
              String ours = version.tags().get(VERSION_TAG);
              if (ours != null
                  && ours.matches("[1-9]\\d{0,8}")
                  && kept.putIfAbsent(new VersionNumber(Integer.parseInt(ours)), version) != null) {
                mlflow.delete(id, version.number());
              }
            });
    return kept;
  }

  private static Map<String, String> tags(ModelVersion version) {
    return Map.of(
        VERSION_TAG,
        version.number().toString(),
        "matih.stage",
        version.stage().wire(),
        "matih.digest",
        version.bundle().digest().value());
  }

  private void alias(
      ModelId id,
      String alias,
      Map<String, String> aliases,
      Map<VersionNumber, MirroredVersion> mirrored,
      List<ModelVersion> ours,
      java.util.function.Predicate<ModelVersion> which) {
    Optional<String> wanted =
        ours.stream()
            .filter(which)
            .reduce((_, newer) -> newer)
            .map(version -> Objects.requireNonNull(mirrored.get(version.number())).number());
    Optional<String> is = Optional.ofNullable(aliases.get(alias));
    if (wanted.equals(is)) {
      return;
    }
    if (wanted.isPresent()) {
      mlflow.setAlias(id, alias, wanted.get());
    } else {
      mlflow.removeAlias(id, alias);
    }
  }
}
