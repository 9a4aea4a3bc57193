package ai.matih.ml.training.dataset.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.training.dataset.DatasetName;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import ai.matih.ml.training.dataset.Datasets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@Repository
class StoredDatasets implements Datasets {

  private final DatasetRows rows;
  private final JdbcClient sql;
  private final Audit audit;
  private final JsonMapper json;
  private final TransactionTemplate transaction;

  StoredDatasets(
      DatasetRows rows,
      JdbcClient sql,
      Audit audit,
      JsonMapper json,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.sql = sql;
    this.audit = audit;
    this.json = json;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public Optional<DatasetVersion> find(DatasetReference reference) {
    return in(
        () ->
            reference
                .digest()
                .map(digest -> rows.findByNameAndDigest(reference.name().value(), digest))
                .orElseGet(
                    () ->
                        rows
                            .findByNameOrderByUploadedAtDesc(reference.name().value(), Limit.of(1))
                            .stream()
                            .findFirst())
                .map(this::version));
  }

  @Override
  public List<DatasetVersion> versions(DatasetName name, int max) {
    return in(
        () ->
            rows.findByNameOrderByUploadedAtDesc(name.value(), Limit.of(max)).stream()
                .map(this::version)
                .toList());
  }

  @Override
  public Page<DatasetVersion> current(Optional<String> nameContains, PageRequest page) {
    String after = page.after(1).map(token -> token.parts().getFirst()).orElse("");
    String pattern =
        "%"
            + nameContains.orElse("").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            + "%";
    return in(
        () ->
            Page.cut(
                rows.current(after, pattern, Limit.of(page.limit())).stream()
                    .map(this::version)
                    .toList(),
                page,
                last -> PageToken.of(last.name())));
  }

  @Override
  public Stored store(DatasetVersion version) {
    return in(
        () -> {
          lock(version.name());
          Optional<DatasetRow> known = row(version.reference());
          DatasetRow row = known.orElseGet(() -> row(version));
          return new Stored(current(row, version.createdAt(), known.isEmpty()), known.isEmpty());
        });
  }

  @Override
  public Optional<DatasetVersion> makeCurrent(DatasetReference reference, Instant now) {
    return in(
        () -> {
          lock(reference.name());
          return row(reference).map(row -> current(row, now.truncatedTo(ChronoUnit.MICROS), false));
        });
  }

  @Override
  public void delete(DatasetReference reference) {
    in(
        () -> {
          lock(reference.name());
          Optional<DatasetRow> known = row(reference);
          known.ifPresent(
              row -> {
                rows.delete(row);
                audit.record(
                    "dataset.deleted",
                    "datasets/" + reference.name(),
                    Map.of("digest", row.digest));
              });
          return known;
        });
  }

  /** Two uploads of the same bytes at once: the second waits here and then finds the first. */
  private void lock(DatasetName name) {
    sql.sql("select pg_advisory_xact_lock(hashtextextended(?, 7))")
        .param(TenantScope.require() + "/" + name)
        .query()
        .listOfRows();
  }

  private Optional<DatasetRow> row(DatasetReference reference) {
    return rows.findByNameAndDigest(reference.name().value(), reference.digest().orElseThrow());
  }

  private DatasetVersion current(DatasetRow row, Instant now, boolean fresh) {
    row.uploadedAt = now;
    DatasetVersion stored = version(rows.save(row));
    audit.record(
        "dataset.uploaded",
        "datasets/" + stored.name(),
        Map.of("digest", stored.digest(), "new", fresh));
    return stored;
  }

  private <T> T in(java.util.function.Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(_ -> work.get()));
  }

  private DatasetRow row(DatasetVersion version) {
    DatasetRow row = new DatasetRow();
    row.id = UUID.randomUUID();
    row.tenant = version.tenant().slug();
    row.name = version.name().value();
    row.digest = version.digest();
    row.uri = version.uri().toString();
    row.sizeBytes = version.sizeBytes();
    row.rowCount = version.rows();
    row.columns = json.writeValueAsString(version.columns());
    row.createdBy = version.createdBy();
    row.createdAt = version.createdAt();
    return row;
  }

  private DatasetVersion version(DatasetRow row) {
    return new DatasetVersion(
        new Tenant(row.tenant),
        new DatasetName(row.name),
        row.digest,
        S3Uri.of(row.uri),
        row.sizeBytes,
        row.rowCount,
        Arrays.asList(json.readValue(row.columns, ai.matih.ml.training.dataset.Column[].class)),
        row.createdBy,
        row.createdAt);
  }
}
