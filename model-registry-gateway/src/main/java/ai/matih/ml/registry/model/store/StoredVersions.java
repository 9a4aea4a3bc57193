package ai.matih.ml.registry.model.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionSummary;
import ai.matih.ml.registry.model.Versions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredVersions implements Versions {

  private final VersionRows rows;

  StoredVersions(VersionRows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<ModelVersion> find(ModelId model, VersionNumber number) {
    return rows.findByModelIdAndNumberAndDeletedAtIsNull(model.slug(), number.value())
        .map(VersionRow::version);
  }

  @Override
  public Optional<ModelVersion> find(UUID id) {
    return rows.findByIdAndDeletedAtIsNull(id).map(VersionRow::version);
  }

  @Override
  public Optional<ModelVersion> find(ModelId model, RunId run, Digest digest) {
    return rows.findByModelIdAndRunIdAndDigestAndDeletedAtIsNull(
            model.slug(), run.value(), digest.value())
        .map(VersionRow::version);
  }

  @Override
  public List<ModelVersion> list(
      ModelId model, Optional<VersionNumber> below, Optional<Stage> stage, int limit) {
    int under = below.map(VersionNumber::value).orElse(Integer.MAX_VALUE);
    return rows.list(model.slug(), under, stage.orElse(null), Limit.of(limit)).stream()
        .map(VersionRow::version)
        .toList();
  }

  @Override
  public Optional<ModelVersion> currentProduction(ModelId model) {
    return production(model, false);
  }

  @Override
  public Optional<ModelVersion> supersededProduction(ModelId model) {
    return production(model, true);
  }

  private Optional<ModelVersion> production(ModelId model, boolean superseded) {
    return rows.findFirstByModelIdAndStageAndSupersededOrderByStageSinceDesc(
            model.slug(), Stage.PRODUCTION, superseded)
        .map(VersionRow::version);
  }

  @Override
  public Set<String> metricNames(ModelId model) {
    return rows.metricNames(model.slug());
  }

  @Override
  public Map<ModelId, StageOverview> overviews(List<ModelId> models, int newest) {
    List<String> ids = models.stream().map(ModelId::slug).toList();
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<ModelId, List<VersionState>> places =
        rows.newest(ids, newest).stream()
            .map(StateOfVersion::state)
            .collect(Collectors.groupingBy(VersionState::model));
    return rows.totals(ids).stream()
        .collect(
            Collectors.toMap(
                count -> new ModelId(count.modelId()),
                count ->
                    new StageOverview(
                        (int) count.total(),
                        places.getOrDefault(new ModelId(count.modelId()), List.of()))));
  }

  @Override
  public List<VersionState> states(ModelId model) {
    return rows.states(model.slug()).stream().map(StateOfVersion::state).toList();
  }

  @Override
  public List<VersionSummary> summaries(
      ModelId model, Optional<VersionNumber> below, Optional<Stage> stage, int limit) {
    int under = below.map(VersionNumber::value).orElse(Integer.MAX_VALUE);
    return rows.summaries(model.slug(), under, stage.orElse(null), Limit.of(limit)).stream()
        .map(row -> row.summary(model))
        .toList();
  }

  @Override
  public Optional<Instant> deletedAt(ModelId model, VersionNumber number) {
    return rows.findByModelIdAndNumberAndDeletedAtIsNotNull(model.slug(), number.value())
        .flatMap(row -> Optional.ofNullable(row.deletedAt));
  }

  @Override
  public void delete(ModelId model, VersionNumber number, Instant at) {
    rows.delete(model.slug(), number.value(), at);
  }

  @Override
  public boolean restore(ModelId model, VersionNumber number) {
    return rows.restore(model.slug(), number.value()) == 1;
  }

  @Override
  public List<VersionState> owners(Digest digest) {
    return rows.owners(digest.value()).stream().map(StateOfVersion::state).toList();
  }

  @Override
  public VersionNumber nextNumber(ModelId model) {
    return new VersionNumber(rows.highest(model.slug()) + 1);
  }

  @Override
  public void add(ModelVersion version) {
    rows.save(VersionRow.of(version));
  }

  @Override
  public void place(
      ModelId model, VersionNumber number, Stage stage, boolean superseded, Instant since) {
    if (rows.place(model.slug(), number.value(), stage, superseded, since) != 1) {
      throw new IllegalStateException("no version " + number + " of " + model);
    }
  }

  @Override
  public void requestValidation(ModelId model, VersionNumber number, Instant at) {
    rows.requestValidation(model.slug(), number.value(), at);
  }

  @Override
  public void finishValidation(
      ModelId model, VersionNumber number, OnnxStatus onnx, Instant requestedAt) {
    rows.finishValidation(model.slug(), number.value(), onnx, requestedAt);
  }
}
