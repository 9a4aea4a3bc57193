package ai.matih.ml.training.job.store;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface JobRows extends Repository<JobRow, UUID> {

  Optional<JobRow> findById(UUID id);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select j from JobRow j where j.id = :id")
  Optional<JobRow> lock(UUID id);

  JobRow save(JobRow row);

  @Query(
      """
      select j from JobRow j
      where (:status is null or j.status = :status) and (:name is null or j.name = :name)
        and (j.createdAt < :before or (j.createdAt = :before and j.id < :id))
      order by j.createdAt desc, j.id desc
      """)
  List<JobRow> page(
      @Nullable String status, @Nullable String name, Instant before, UUID id, Limit limit);

  /** Keeps other transactions from adding a job of this id. */
  @Query(
      nativeQuery = true,
      value = "select 1 from pg_advisory_xact_lock(hashtextextended(:id, 8))")
  int lockId(String id);
}
