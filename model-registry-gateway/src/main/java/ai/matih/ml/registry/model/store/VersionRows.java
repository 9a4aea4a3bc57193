package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Stage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface VersionRows extends Repository<VersionRow, UUID> {

  void save(VersionRow row);

  Optional<VersionRow> findByIdAndDeletedAtIsNull(UUID id);

  Optional<VersionRow> findByModelIdAndNumberAndDeletedAtIsNull(String modelId, int number);

  Optional<VersionRow> findByModelIdAndRunIdAndDigestAndDeletedAtIsNull(
      String modelId, String runId, String digest);

  @Query(
      """
      select v from VersionRow v
      where v.modelId = :modelId and v.deletedAt is null and v.number < :below and (:stage is null or v.stage = :stage)
      order by v.number desc
      """)
  List<VersionRow> list(String modelId, int below, @Nullable Stage stage, Limit limit);

  Optional<VersionRow> findFirstByModelIdAndStageAndSupersededOrderByStageSinceDesc(
      String modelId, Stage stage, boolean superseded);

  @Query("select coalesce(max(v.number), 0) from VersionRow v where v.modelId = :modelId")
  int highest(String modelId);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query(
      """
      update VersionRow v set v.stage = :stage, v.superseded = :superseded, v.stageSince = :since
      where v.modelId = :modelId and v.number = :number
      """)
  int place(String modelId, int number, Stage stage, boolean superseded, Instant since);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query(
      """
      update VersionRow v set v.validation = PENDING, v.validationRequestedAt = :at
      where v.modelId = :modelId and v.number = :number
      """)
  int requestValidation(String modelId, int number, Instant at);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query(
      """
      update VersionRow v set v.validation = DONE, v.onnx = :onnx
      where v.modelId = :modelId and v.number = :number and v.validationRequestedAt = :requestedAt
      """)
  int finishValidation(String modelId, int number, OnnxStatus onnx, Instant requestedAt);

  Optional<VersionRow> findByModelIdAndNumberAndDeletedAtIsNotNull(String modelId, int number);

  @Query(
      value =
          """
          select distinct jsonb_object_keys(evaluation -> 'metrics') from model_version
          where tenant = current_setting('app.tenant') and model_id = :modelId and deleted_at is null
          """,
      nativeQuery = true)
  Set<String> metricNames(String modelId);

  String STATE =
      "select new ai.matih.ml.registry.model.store.StateOfVersion(v.modelId, v.number, v.stage,"
          + " v.superseded, v.stageSince, v.digest, v.runId, v.deletedAt) from VersionRow v ";

  @Query(STATE + "where v.modelId = :modelId order by v.number")
  List<StateOfVersion> states(String modelId);

  @Query(STATE + "where v.digest = :digest")
  List<StateOfVersion> owners(String digest);

  /** Of each model the newest versions of each stage, the oldest of them first. */
  @Query(
      STATE
          + """
          where v.id in (
            select n.id from (
              select w.id as id, row_number() over (
                partition by w.modelId, w.stage, w.superseded order by w.number desc) as age
              from VersionRow w where w.modelId in :models and w.deletedAt is null) n
            where n.age <= :newest)
          order by v.number
          """)
  List<StateOfVersion> newest(Collection<String> models, long newest);

  @Query(
      """
      select new ai.matih.ml.registry.model.store.VersionRows$Count(v.modelId, count(*)) from VersionRow v
      where v.modelId in :models and v.deletedAt is null group by v.modelId
      """)
  List<Count> totals(Collection<String> models);

  /** How many versions a model has. */
  record Count(String modelId, long total) {}

  @Query(
      """
      select new ai.matih.ml.registry.model.store.SummaryOfVersion(v.number, v.stage, v.superseded,
        v.stageSince, v.semanticVersion, v.description, v.digest, v.evaluation, v.provenance, v.onnx,
        v.validation, v.runId, v.experimentId, v.jobId, v.registeredBy, v.createdAt)
      from VersionRow v
      where v.modelId = :modelId and v.deletedAt is null and v.number < :below and (:stage is null or v.stage = :stage)
      order by v.number desc
      """)
  List<SummaryOfVersion> summaries(String modelId, int below, @Nullable Stage stage, Limit limit);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query(
      """
      update VersionRow v set v.deletedAt = :at, v.validation = DONE
      where v.modelId = :modelId and v.number = :number
      """)
  void delete(String modelId, int number, Instant at);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query(
      """
      update VersionRow v set v.deletedAt = null
      where v.modelId = :modelId and v.number = :number and not exists (
        select 1 from VersionRow w
        where w.modelId = v.modelId and w.runId = v.runId and w.digest = v.digest and w.deletedAt is null)
      """)
  int restore(String modelId, int number);
}
