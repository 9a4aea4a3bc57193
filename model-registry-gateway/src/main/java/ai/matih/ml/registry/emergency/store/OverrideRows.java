package ai.matih.ml.registry.emergency.store;

import ai.matih.ml.registry.emergency.OverrideRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface OverrideRows extends Repository<OverrideRow, UUID> {

  void save(OverrideRow row);

  Optional<OverrideRow> findById(UUID id);

  Optional<OverrideRow> findByTransitionId(UUID transitionId);

  List<OverrideRow> findByModelIdOrderByOverriddenAtAscIdAsc(String modelId);

  @Query(
      """
      select o from OverrideRow o
      where (:state is null or o.state = :state)
        and (o.overriddenAt < :before or (o.overriddenAt = :before and o.id < :beforeId))
      order by o.overriddenAt desc, o.id desc
      """)
  List<OverrideRow> list(
      OverrideRecord.@Nullable State state, Instant before, UUID beforeId, Limit limit);

  @Modifying
  @Query(
      value =
          "update gate_override set next_check_at = now() + :millis * interval '1 millisecond'"
              + " where id = :id",
      nativeQuery = true)
  void dueIn(UUID id, long millis);
}
