package ai.matih.ml.training.dataset;

import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One upload of a table; the same bytes with the same declared types are the same version.
 *
 * @param digest {@code sha256:…} of the uploaded bytes, or of them and the declared types
 * @param uri where its Parquet form lies
 * @param sizeBytes length of the upload
 */
public record DatasetVersion(
    Tenant tenant,
    DatasetName name,
    String digest,
    S3Uri uri,
    long sizeBytes,
    long rows,
    List<Column> columns,
    String createdBy,
    Instant createdAt) {

  public DatasetVersion {
    columns = List.copyOf(columns);
  }

  /** What a job names to train on exactly this version. */
  public DatasetReference reference() {
    return new DatasetReference(name, Optional.of(digest));
  }

  public Optional<Column> column(String columnName) {
    return columns.stream().filter(column -> column.name().equals(columnName)).findFirst();
  }
}
