package ai.matih.ml.registry.model.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ModelRows extends Repository<ModelRow, UUID> {

  void save(ModelRow row);

  Optional<ModelRow> findById(String id);

  Optional<ModelRow> findByIdAndDeletedAtIsNull(String id);

  /** Makes two creations of one id wait for each other. */
  @Query(
      value =
          """
          select count(*) from (
            select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant') || '/' || :id, 0))) taken
          """,
      nativeQuery = true)
  long lockId(String id);

  @Query(
      value =
          "select id from model where tenant = current_setting('app.tenant') and id = :id for"
              + " update",
      nativeQuery = true)
  List<String> lock(String id);

  @Modifying(flushAutomatically = true, clearAutomatically = true)
  @Query("update ModelRow m set m.deletedAt = :at where m.id = :id")
  void setDeleted(String id, @Nullable Instant at);
}
