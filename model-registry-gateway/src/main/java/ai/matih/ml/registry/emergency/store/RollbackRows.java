package ai.matih.ml.registry.emergency.store;

import ai.matih.ml.registry.emergency.Rollback;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface RollbackRows extends Repository<RollbackRow, UUID> {

  void save(RollbackRow row);

  void flush();

  Optional<RollbackRow> findById(UUID id);

  Optional<RollbackRow> findByTransitionId(UUID transitionId);

  Optional<RollbackRow> findFirstByModelIdAndStateOrderByStartedAtDescIdDesc(
      String modelId, Rollback.State state);

  @Query(
      """
      select r from RollbackRow r
      where r.modelId = :modelId
        and (r.startedAt < :before or (r.startedAt = :before and r.id < :beforeId))
      order by r.startedAt desc, r.id desc
      """)
  List<RollbackRow> list(String modelId, Instant before, UUID beforeId, Limit limit);

  @Modifying
  @Query(
      value =
          "update rollback set next_check_at = now() + :millis * interval '1 millisecond' where id"
              + " = :id",
      nativeQuery = true)
  void dueIn(UUID id, long millis);
}
