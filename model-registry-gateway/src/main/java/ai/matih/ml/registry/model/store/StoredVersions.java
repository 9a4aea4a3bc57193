package ai.matih.ml.registry.model.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Provenance;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionSummary;
import ai.matih.ml.registry.model.Versions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredVersions implements Versions {

  private final VersionRows rows;
  private final JdbcClient sql;

  StoredVersions(VersionRows rows, JdbcClient sql) {
    this.rows = rows;
    this.sql = sql;
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
    return sql.sql(
            """
            select distinct jsonb_object_keys(evaluation -> 'metrics') from model_version
            where tenant = current_setting('app.tenant') and model_id = ? and deleted_at is null
            """)
        .param(model.slug())
        .query(String.class)
        .set();
  }

  @Override
  public Map<ModelId, StageOverview> overviews(List<ModelId> models, int newest) {
    Map<ModelId, Integer> totals = new HashMap<>();
    Map<ModelId, List<Place>> places = new HashMap<>();
    sql.sql(
            """
            select * from (
              select model_id, number, stage, superseded,
                count(*) over (partition by model_id) as total,
                row_number() over (partition by model_id, stage, superseded order by number desc) as age
              from model_version
              where tenant = current_setting('app.tenant') and model_id = any(?) and deleted_at is null) v
            where age <= ? order by number
            """)
        .params(models.stream().map(ModelId::slug).toArray(String[]::new), newest)
        .query(
            row -> {
              ModelId model = new ModelId(row.getString("model_id"));
              totals.put(model, row.getInt("total"));
              places.computeIfAbsent(model, _ -> new ArrayList<>()).add(place(row));
            });
    Map<ModelId, StageOverview> overviews = new HashMap<>();
    totals.forEach(
        (model, total) ->
            overviews.put(model, new StageOverview(total, places.getOrDefault(model, List.of()))));
    return overviews;
  }

  private static Place place(ResultSet row) throws SQLException {
    return new Place(
        new VersionNumber(row.getInt("number")),
        Stage.valueOf(row.getString("stage")),
        row.getBoolean("superseded"));
  }

  @Override
  public List<VersionState> states(ModelId model) {
    return sql.sql(
            """
            select number, stage, superseded, stage_since, digest, run_id, deleted_at is not null as deleted
            from model_version
            where tenant = current_setting('app.tenant') and model_id = ? order by number
            """)
        .param(model.slug())
        .query(
            (row, _) ->
                new VersionState(
                    new VersionNumber(row.getInt("number")),
                    Stage.valueOf(row.getString("stage")),
                    row.getBoolean("superseded"),
                    row.getTimestamp("stage_since").toInstant(),
                    new Digest(row.getString("digest")),
                    new RunId(row.getString("run_id")),
                    row.getBoolean("deleted")))
        .list();
  }

  @Override
  public List<VersionSummary> summaries(
      ModelId model, Optional<VersionNumber> below, Optional<Stage> stage, int limit) {
    return sql.sql(
            """
            select number, stage, superseded, stage_since, semantic_version, description, digest,
              evaluation -> 'metrics' as metrics, evaluation ->> 'dataset_digest' as evaluated_on,
              provenance, onnx, validation, run_id, experiment_id, job_id, registered_by, created_at
            from model_version
            where tenant = current_setting('app.tenant') and model_id = :model and number < :below
              and deleted_at is null and (cast(:stage as text) is null or stage = :stage)
            order by number desc limit :limit
            """)
        .param("model", model.slug())
        .param("below", below.map(VersionNumber::value).orElse(Integer.MAX_VALUE))
        .param("stage", stage.map(Enum::name).orElse(null), java.sql.Types.VARCHAR)
        .param("limit", limit)
        .query((row, _) -> summary(model, row))
        .list();
  }

  private static VersionSummary summary(ModelId model, ResultSet row) throws SQLException {
    return new VersionSummary(
        model,
        new VersionNumber(row.getInt("number")),
        Stage.valueOf(row.getString("stage")),
        row.getBoolean("superseded"),
        row.getTimestamp("stage_since").toInstant(),
        Optional.ofNullable(row.getString("semantic_version")),
        Optional.ofNullable(row.getString("description")),
        new Digest(row.getString("digest")),
        Objects.requireNonNullElse(row.getString("metrics"), "{}"),
        Optional.ofNullable(row.getString("evaluated_on")),
        Provenance.valueOf(row.getString("provenance")),
        OnnxStatus.valueOf(row.getString("onnx")),
        Validation.valueOf(row.getString("validation")),
        new RunId(row.getString("run_id")),
        row.getString("experiment_id"),
        Optional.ofNullable(row.getString("job_id")),
        row.getString("registered_by"),
        row.getTimestamp("created_at").toInstant());
  }

  @Override
  public Optional<Instant> deletedAt(ModelId model, VersionNumber number) {
    return sql.sql(
            """
            select deleted_at from model_version
            where tenant = current_setting('app.tenant') and model_id = ? and number = ?
              and deleted_at is not null
            """)
        .params(model.slug(), number.value())
        .query((row, _) -> row.getTimestamp("deleted_at").toInstant())
        .optional();
  }

  @Override
  public void delete(ModelId model, VersionNumber number, Instant at) {
    sql.sql(
            """
            update model_version set deleted_at = ?, validation = 'DONE'
            where tenant = current_setting('app.tenant') and model_id = ? and number = ?
            """)
        .params(java.sql.Timestamp.from(at), model.slug(), number.value())
        .update();
  }

  @Override
  public boolean restore(ModelId model, VersionNumber number) {
    return sql.sql(
                """
                update model_version v set deleted_at = null
                where tenant = current_setting('app.tenant') and model_id = ? and number = ?
                  and not exists (
                    select 1 from model_version w
                    where w.tenant = v.tenant and w.model_id = v.model_id and w.run_id = v.run_id
                      and w.digest = v.digest and w.deleted_at is null)
                """)
            .params(model.slug(), number.value())
            .update()
        == 1;
  }

  @Override
  public boolean holdFiles(Digest digest, Instant stored) {
    lockFiles(digest);
    return sql.sql(
                """
                select count(*) from bundle_removal
                where tenant = current_setting('app.tenant') and digest = ?
                  and (removed_at is null or removed_at > ?)
                """)
            .params(digest.value(), java.sql.Timestamp.from(stored))
            .query(Long.class)
            .single()
        == 0;
  }

  // Whoever removes files takes this lock, looks for versions that refer to them and notes the
  // removal, all in one transaction.
  @Override
  public void lockFiles(Digest digest) {
    sql.sql(
            "select pg_advisory_xact_lock(hashtextextended('files/' ||"
                + " current_setting('app.tenant') || '/' || ?, 0))")
        .param(digest.value())
        .query()
        .singleRow();
  }

  @Override
  public List<Owner> owners(Digest digest) {
    return sql.sql(
            """
            select model_id, number, deleted_at is not null as deleted from model_version
            where tenant = current_setting('app.tenant') and digest = ?
            """)
        .param(digest.value())
        .query(
            (row, _) ->
                new Owner(
                    new ModelId(row.getString("model_id")),
                    new VersionNumber(row.getInt("number")),
                    row.getBoolean("deleted")))
        .list();
  }

  @Override
  public long beginRemoval(Digest digest, long sizeBytes) {
    return sql.sql(
            """
            insert into bundle_removal (tenant, digest, size_bytes)
            values (current_setting('app.tenant'), ?, ?)
            on conflict (tenant, digest) do update
            set size_bytes = case when bundle_removal.removed_at is null then bundle_removal.size_bytes
                else excluded.size_bytes end,
              removed_at = null
            returning size_bytes
            """)
        .params(digest.value(), sizeBytes)
        .query(Long.class)
        .single();
  }

  @Override
  public void endRemoval(Digest digest) {
    sql.sql(
            "update bundle_removal set removed_at = clock_timestamp() where tenant ="
                + " current_setting('app.tenant') and digest = ?")
        .param(digest.value())
        .update();
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
