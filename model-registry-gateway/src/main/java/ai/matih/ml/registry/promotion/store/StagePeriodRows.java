package ai.matih.ml.registry.promotion.store;

import ai.matih.ml.registry.model.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface StagePeriodRows extends Repository<StagePeriodRow, UUID> {

  void save(StagePeriodRow row);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query(
      """
      update StagePeriodRow s set s.untilAt = :at
      where s.modelId = :modelId and s.version = :version and s.untilAt is null
      """)
  void end(String modelId, int version, Instant at);

  @Query(
      """
      select s from StagePeriodRow s
      where s.modelId = :modelId and s.fromAt <= :at and (s.untilAt is null or s.untilAt > :at)
      order by s.version
      """)
  List<StagePeriodRow> at(String modelId, Instant at);

  List<StagePeriodRow> findByModelIdAndVersionOrderByFromAtAscIdAsc(String modelId, int version);

  Optional<StagePeriodRow> findFirstByModelIdAndStageOrderByFromAtAscIdAsc(
      String modelId, Stage stage);

  List<StagePeriodRow> findByModelIdAndTransitionIdOrderByVersionAsc(
      String modelId, UUID transitionId);
}
