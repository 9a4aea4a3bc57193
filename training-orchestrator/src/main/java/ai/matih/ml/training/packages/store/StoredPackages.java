package ai.matih.ml.training.packages.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.training.packages.UserPackage;
import ai.matih.ml.training.packages.UserPackages;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class StoredPackages implements UserPackages {

  private final JdbcClient sql;
  private final Audit audit;
  private final Transactions transactions;

  StoredPackages(JdbcClient sql, Audit audit, Transactions transactions) {
    this.sql = sql;
    this.audit = audit;
    this.transactions = transactions;
  }

  @Override
  public Optional<UserPackage> find(String digest) {
    return transactions.call(() -> read(digest));
  }

  private Optional<UserPackage> read(String digest) {
    return sql.sql("select * from package where tenant = ? and digest = ?")
        .params(TenantScope.require().slug(), digest)
        .query(StoredPackages::row)
        .optional();
  }

  private static UserPackage row(ResultSet row, int number) throws SQLException {
    return new UserPackage(
        new Tenant(row.getString("tenant")),
        row.getString("digest"),
        S3Uri.of(row.getString("uri")),
        row.getLong("size_bytes"),
        row.getInt("files"),
        row.getString("created_by"),
        row.getTimestamp("created_at").toInstant());
  }

  @Override
  public Stored store(UserPackage uploaded) {
    return transactions.call(
        () -> {
          boolean created =
              sql.sql(
                          """
                              insert into package (tenant, digest, uri, size_bytes, files, created_by, created_at)
                              values (?, ?, ?, ?, ?, ?, ?) on conflict (tenant, digest) do nothing
                              """)
                      .params(
                          uploaded.tenant().slug(),
                          uploaded.digest(),
                          uploaded.uri().toString(),
                          uploaded.sizeBytes(),
                          uploaded.files(),
                          uploaded.createdBy(),
                          Timestamp.from(uploaded.createdAt()))
                      .update()
                  == 1;
          if (created) {
            audit.record(
                "package.uploaded",
                "training/packages/" + uploaded.digest(),
                Map.of("files", uploaded.files()));
          }
          return new Stored(read(uploaded.digest()).orElseThrow(), created);
        });
  }
}
