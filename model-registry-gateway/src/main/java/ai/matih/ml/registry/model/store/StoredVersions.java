package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.artifact.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStanding;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    return rows.findByModelIdAndNumber(model.slug(), number.value()).map(VersionRow::version);
  }

  @Override
  public Optional<ModelVersion> find(UUID id) {
    return rows.findById(id).map(VersionRow::version);
  }

  @Override
  public Optional<ModelVersion> find(ModelId model, RunId run, Digest digest) {
    return rows.findByModelIdAndRunIdAndDigest(model.slug(), run.value(), digest.value())
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
  public Map<ModelId, List<Place>> places(List<ModelId> models) {
    return rows.places(models.stream().map(ModelId::slug).toList()).stream()
        .collect(
            Collectors.groupingBy(
                row -> new ModelId(row.modelId()),
                Collectors.mapping(
                    row ->
                        new Place(new VersionNumber(row.number()), row.stage(), row.superseded()),
                    Collectors.toList())));
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
      ModelId model, VersionNumber number, OnnxStanding onnx, Instant requestedAt) {
    rows.finishValidation(model.slug(), number.value(), onnx, requestedAt);
  }
}
