package ai.matih.ml.training.job.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Claims change {@code epoch} and {@code leased_until} beside Hibernate: every read here locks. */
@Entity
@Table(name = "job")
@DynamicUpdate
@NullUnmarked
class JobRow {

  @Id UUID id;
  @TenantId String tenant;
  String name;
  String status;
  int attempt;
  int priority;

  @Column(name = "created_at")
  Instant createdAt;

  double cpus;
  double gpus;

  @Column(name = "memory_bytes")
  long memoryBytes;

  boolean registering;

  @ColumnTransformer(write = "?::jsonb")
  String document;

  long revision;

  @Column(name = "next_look_at")
  Instant nextReconcileAt;

  @Column(updatable = false)
  long epoch;

  @Column(name = "leased_until", updatable = false)
  @Nullable Instant leasedUntil;
}
