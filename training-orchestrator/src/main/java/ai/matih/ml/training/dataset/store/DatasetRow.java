package ai.matih.ml.training.dataset.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.TenantId;
import org.jspecify.annotations.NullUnmarked;

@Entity
@Table(name = "dataset")
@NullUnmarked
class DatasetRow {

  @Id UUID id;
  @TenantId String tenant;
  String name;
  String digest;
  String uri;

  @Column(name = "size_bytes")
  long sizeBytes;

  @Column(name = "row_count")
  long rowCount;

  @ColumnTransformer(write = "?::jsonb")
  String columns;

  @Column(name = "created_by")
  String createdBy;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "uploaded_at")
  Instant uploadedAt;
}
