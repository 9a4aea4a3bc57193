package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.promotion.TransitionState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface TransitionRows extends Repository<TransitionRow, UUID> {

  void save(TransitionRow row);

  Optional<TransitionRow> findById(UUID id);

  Optional<TransitionRow> findByModelIdAndId(String modelId, UUID id);

  Optional<TransitionRow> findByModelIdAndRequestedByAndRequestKey(
      String modelId, String requestedBy, String requestKey);

  Optional<TransitionRow> findByModelIdAndVersionAndTargetStageAndState(
      String modelId, int version, Stage targetStage, TransitionState state);

  List<TransitionRow> findByModelIdAndStateOrderByRequestedAtAsc(
      String modelId, TransitionState state);

  @Query(
      """
      select t from TransitionRow t
      where (:modelId is null or t.modelId = :modelId) and (:state is null or t.state = :state)
        and (t.requestedAt < :before or (t.requestedAt = :before and t.id < :beforeId))
      order by t.requestedAt desc, t.id desc
      """)
  List<TransitionRow> list(
      @Nullable String modelId,
      @Nullable TransitionState state,
      Instant before,
      UUID beforeId,
      Limit limit);

  @Modifying
  @Query(
      value =
          "update transition set next_check_at = now() + :millis * interval '1 millisecond' where"
              + " id = :id",
      nativeQuery = true)
  void dueIn(UUID id, long millis);

  @Modifying
  @Query(
      value =
          "update transition set next_check_at = now() where tenant = current_setting('app.tenant')"
              + " and model_id = :modelId and state = 'PENDING'",
      nativeQuery = true)
  void dueNow(String modelId);
}
