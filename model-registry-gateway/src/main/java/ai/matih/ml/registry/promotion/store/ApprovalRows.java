package ai.matih.ml.registry.promotion.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ApprovalRows extends Repository<ApprovalRow, UUID> {

  void save(ApprovalRow row);

  List<ApprovalRow> findByTransitionIdInOrderByApprovedAtAscIdAsc(Collection<UUID> transitions);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query("update ApprovalRow a set a.voidedAt = :at, a.voidReason = :reason where a.id = :id")
  void voidIt(UUID id, Instant at, String reason);
}
