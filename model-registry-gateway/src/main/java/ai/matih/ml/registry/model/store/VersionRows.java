package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.model.OnnxStatus;
import ai.matih.ml.registry.model.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
}
