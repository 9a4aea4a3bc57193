package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import ai.matih.ml.registry.promotion.mlflow.LastWritten.WrittenVersion;
import ai.matih.ml.registry.promotion.mlflow.MlflowRegistry.MirroredModel;
import ai.matih.ml.registry.promotion.mlflow.MlflowRegistry.MirroredVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/**
 * Makes MLflow's registry show what this one decided. The whole model is compared and what differs
 * is set right, so that a comparison that is late, lost, repeated or broken off does no harm.
 *
 * <p>A difference that we made ourselves is no drift: it is one only when MLflow shows neither what
 * we last put there nor what we want now.
 */
@Component
final class MirrorModel {

  static final String VERSION_TAG = "matih.version";
  private static final String STAGE_TAG = "matih.stage";
  private static final String DIGEST_TAG = "matih.digest";
  private static final String NO_STAGE = "None";

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

  /**
   * What a comparison left behind.
   *
   * @param drift what others had changed and was put right
   * @param unmanaged what others added and is left alone
   */
  record Result(LastWritten written, List<Finding> drift, List<Finding> unmanaged) {}

  /** Repeatable; afterwards MLflow has each version once, with its tags and aliases. */
  Result compare(ModelId id, LastWritten written) {
    Optional<Model> model = transactions.call(() -> models.find(id));
    if (model.isEmpty()) {
      return withdrawn(id, written);
    }
    List<VersionState> all = transactions.call(() -> versions.states(id));
    List<VersionState> ours = all.stream().filter(version -> !version.deleted()).toList();
    List<Finding> drift = new ArrayList<>();
    MirroredModel mirrored = present(model.get(), written, drift);
    Sorted sorted = sort(id, all, written, drift);
    Map<Integer, WrittenVersion> nowWritten = new HashMap<>();
    for (VersionState version : ours) {
      nowWritten.put(
          version.number().value(),
          version(id, version, sorted.mirrored().get(version.number().value()), written, drift));
    }
    for (Map.Entry<Integer, MirroredVersion> mirror : sorted.mirrored().entrySet()) {
      if (!nowWritten.containsKey(mirror.getKey())) {
        mlflow.delete(id, mirror.getValue().number());
      }
    }
    Map<String, String> aliases = new HashMap<>();
    alias(
            id,
            "production",
            mirrored,
            ours,
            nowWritten,
            written,
            VersionState::isCurrentProduction,
            drift)
        .ifPresent(number -> aliases.put("production", number));
    alias(
            id,
            "staging",
            mirrored,
            ours,
            nowWritten,
            written,
            v -> v.stage() == Stage.STAGING,
            drift)
        .ifPresent(number -> aliases.put("staging", number));
    return new Result(
        new LastWritten(Optional.of(model.get().description().orElse("")), aliases, nowWritten),
        drift,
        sorted.unmanaged());
  }

  /** A deleted model leaves MLflow, unless somebody keeps versions of their own under its name. */
  private Result withdrawn(ModelId id, LastWritten written) {
    if (mlflow.find(id).isEmpty()) {
      return new Result(LastWritten.NOTHING, List.of(), List.of());
    }
    List<VersionState> all = transactions.call(() -> versions.states(id));
    Sorted sorted = sort(id, all, written, new ArrayList<>());
    if (sorted.unmanaged().isEmpty()) {
      mlflow.deleteModel(id);
    } else {
      sorted.mirrored().values().forEach(version -> mlflow.delete(id, version.number()));
    }
    return new Result(LastWritten.NOTHING, List.of(), sorted.unmanaged());
  }

  private MirroredModel present(Model model, LastWritten written, List<Finding> drift) {
    String description = model.description().orElse("");
    Optional<MirroredModel> found = mlflow.find(model.id());
    if (found.isEmpty()) {
      Optional<String> renamed = written.exists() ? mlflow.renamed(model.id()) : Optional.empty();
      if (renamed.isPresent()) {
        mlflow.rename(renamed.get(), model.id());
        drift.add(
            Finding.repaired(
                Drift.MODEL_RENAMED, "model", "It was called %s.".formatted(brief(renamed.get()))));
      } else {
        if (written.exists()) {
          drift.add(
              Finding.repaired(Drift.MODEL_MISSING, "model", "It was deleted with its versions."));
        }
        mlflow.createModel(model.id(), description);
      }
      found = mlflow.find(model.id());
    }
    MirroredModel mirrored =
        found.orElseThrow(
            () ->
                new ai.matih.ml.common.http.EngineFailure.Misbehaved(
                    "mlflow", 404, "the model that was just made is not there"));
    if (!mirrored.claimed()) {
      mlflow.claim(model.id());
    }
    if (!mirrored.description().equals(description)) {
      if (written.description().isPresent()
          && !written.description().get().equals(mirrored.description())) {
        drift.add(
            Finding.repaired(
                Drift.DESCRIPTION_CHANGED,
                "model",
                "It read: %s".formatted(brief(mirrored.description()))));
      }
      mlflow.describe(model.id(), description);
    }
    return mirrored;
  }

  /** Which of MLflow's versions are ours, by our number, and which are not. */
  private record Sorted(Map<Integer, MirroredVersion> mirrored, List<Finding> unmanaged) {}

  /**
   * A version is ours when we remember its number in MLflow, else when it carries our tag. Two with
   * the same tag and run are what a lost reply leaves behind: the one that we remember stays, or
   * the first. A tag on a version of another run was forged.
   */
  private Sorted sort(
      ModelId id, List<VersionState> ours, LastWritten written, List<Finding> drift) {
    Map<String, Integer> remembered = new HashMap<>();
    written.versions().forEach((number, version) -> remembered.put(version.number(), number));
    List<MirroredVersion> all =
        mlflow.versions(id).stream()
            .sorted(Comparator.comparingInt(version -> Integer.parseInt(version.number())))
            .toList();
    Map<Integer, MirroredVersion> mirrored = new LinkedHashMap<>();
    for (MirroredVersion version : all) {
      Integer number = remembered.get(version.number());
      if (number != null) {
        mirrored.put(number, version);
      }
    }
    Map<Integer, VersionState> known = new HashMap<>();
    ours.forEach(version -> known.put(version.number().value(), version));
    List<Finding> unmanaged = new ArrayList<>();
    for (MirroredVersion version : all) {
      if (remembered.containsKey(version.number())) {
        continue;
      }
      Optional<Integer> tagged = tagged(version);
      if (tagged.isEmpty() || isOfAnother(version, tagged.get(), known)) {
        unmanaged.add(
            Finding.reported(
                Drift.VERSION_UNMANAGED,
                "MLflow version " + version.number(),
                tagged.isEmpty()
                    ? "It was not registered here. Register its run with POST /models/%s/versions, or delete it in MLflow."
                        .formatted(id)
                    : "It calls itself version %d, but is of another run."
                        .formatted(tagged.get())));
      } else if (mirrored.containsKey(tagged.get())) {
        if (written.versions().containsKey(tagged.get())) {
          drift.add(
              Finding.repaired(
                  Drift.VERSION_DUPLICATED,
                  "version " + tagged.get(),
                  "MLflow version %s was a second copy.".formatted(version.number())));
        }
        mlflow.delete(id, version.number());
      } else {
        mirrored.put(tagged.get(), version);
      }
    }
    return new Sorted(mirrored, unmanaged);
  }

  /** A version without a run is ours by its digest: its run was deleted before it was mirrored. */
  private static boolean isOfAnother(
      MirroredVersion version, int tagged, Map<Integer, VersionState> known) {
    VersionState state = known.get(tagged);
    return state == null
        || !(version.run().equals(state.run().value())
            || (version.run().isEmpty()
                && state.digest().value().equals(version.tags().get(DIGEST_TAG))));
  }

  private static Optional<Integer> tagged(MirroredVersion version) {
    return Optional.ofNullable(version.tags().get(VERSION_TAG))
        .filter(tag -> tag.matches("[1-9]\\d{0,8}"))
        .map(Integer::valueOf);
  }

  private WrittenVersion version(
      ModelId id,
      VersionState version,
      @org.jspecify.annotations.Nullable MirroredVersion mirror,
      LastWritten written,
      List<Finding> drift) {
    Map<String, String> wanted = tags(version);
    Optional<WrittenVersion> before =
        Optional.ofNullable(written.versions().get(version.number().value()));
    String subject = "version " + version.number();
    if (mirror == null) {
      before.ifPresent(
          was ->
              drift.add(
                  Finding.repaired(
                      Drift.VERSION_MISSING,
                      subject,
                      "MLflow version %s was deleted.".formatted(was.number()))));
      return new WrittenVersion(
          mlflow.create(id, version.run(), version.digest(), wanted).number(),
          version.stage().wire());
    }
    Set<String> changed = new HashSet<>();
    wanted.forEach(
        (key, value) -> {
          String is = mirror.tags().get(key);
          if (!value.equals(is)) {
            boolean ours =
                key.equals(STAGE_TAG) && before.map(was -> was.stage().equals(is)).orElse(true);
            if (before.isPresent() && !ours) {
              changed.add(key);
            }
            mlflow.tag(id, mirror.number(), key, value);
          }
        });
    changed.stream()
        .sorted()
        .forEach(
            key ->
                drift.add(
                    Finding.repaired(
                        Drift.TAG_CHANGED,
                        subject,
                        "%s was %s."
                            .formatted(
                                key,
                                Optional.ofNullable(mirror.tags().get(key))
                                    .map(MirrorModel::brief)
                                    .orElse("removed")))));
    if (!mirror.stage().equals(NO_STAGE)) {
      drift.add(
          Finding.repaired(
              Drift.STAGE_SET,
              subject,
              "MLflow's own stage was %s; it is no gate of anything.".formatted(mirror.stage())));
      mlflow.clearStage(id, mirror.number());
    }
    return new WrittenVersion(mirror.number(), version.stage().wire());
  }

  private static Map<String, String> tags(VersionState version) {
    return Map.of(
        VERSION_TAG,
        version.number().toString(),
        STAGE_TAG,
        version.stage().wire(),
        DIGEST_TAG,
        version.digest().value());
  }

  private Optional<String> alias(
      ModelId id,
      String alias,
      MirroredModel mirrored,
      List<VersionState> ours,
      Map<Integer, WrittenVersion> nowWritten,
      LastWritten written,
      Predicate<VersionState> which,
      List<Finding> drift) {
    Optional<String> wanted =
        ours.stream()
            .filter(which)
            .reduce((_, newer) -> newer)
            .flatMap(version -> Optional.ofNullable(nowWritten.get(version.number().value())))
            .map(WrittenVersion::number);
    Optional<String> is = Optional.ofNullable(mirrored.aliases().get(alias));
    if (wanted.equals(is)) {
      return wanted;
    }
    if (written.exists() && !is.equals(Optional.ofNullable(written.aliases().get(alias)))) {
      drift.add(
          Finding.repaired(
              Drift.ALIAS_CHANGED,
              "alias " + alias,
              is.map(number -> "It pointed at MLflow version " + number + ".")
                  .orElse("It was removed.")));
    }
    if (wanted.isPresent()) {
      mlflow.setAlias(id, alias, wanted.get());
    } else {
      mlflow.removeAlias(id, alias);
    }
    return wanted;
  }

  private static String brief(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }
}
