package ai.matih.ml.training.dataset;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of uploaded tables.
 *
 * @param bucket on the object store; the tenant is the first path element
 * @param maxSize largest upload
 * @param maxRows rows of one table; a small Parquet file can claim billions
 * @param maxColumns columns of one table
 * @param readTimeout until a file must have been read
 * @param concurrentReads files read at once; more wait
 * @param readerMemory what one reading may take outside the heap
 * @param folder for temporary files; the system's by default
 */
@Validated
@ConfigurationProperties(value = "training.dataset", ignoreUnknownFields = false)
public record DatasetSettings(
    @NotBlank @DefaultValue("datasets") String bucket,
    @DefaultValue("2GB") DataSize maxSize,
    @Min(1) @DefaultValue("100000000") long maxRows,
    @Min(1) @Max(10_000) @DefaultValue("2000") int maxColumns,
    @DefaultValue("5m") Duration readTimeout,
    @Min(1) @DefaultValue("2") int concurrentReads,
    @DefaultValue("192MB") DataSize readerMemory,
    @Nullable Path folder) {

  /** Bytes of the largest upload. */
  public long maxBytes() {
    return maxSize.toBytes();
  }
}
