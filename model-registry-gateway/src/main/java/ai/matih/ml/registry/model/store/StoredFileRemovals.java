package ai.matih.ml.registry.model.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.model.FileRemovals;
import java.sql.Timestamp;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Locks and counters, which are no aggregate: SQL and no entities. */
@Component
@Transactional
class StoredFileRemovals implements FileRemovals {

  private final JdbcClient sql;

  StoredFileRemovals(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  public boolean hold(Digest digest, Instant stored) {
    lock(digest);
    return sql.sql(
                """
                select count(*) from bundle_removal
                where tenant = current_setting('app.tenant') and digest = ?
                  and (removed_at is null or removed_at > ?)
                """)
            .params(digest.value(), Timestamp.from(stored))
            .query(Long.class)
            .single()
        == 0;
  }

  // Whoever removes files takes this lock, looks for versions that refer to them and notes the
  // removal, all in one transaction.
  @Override
  public void lock(Digest digest) {
    sql.sql(
            "select pg_advisory_xact_lock(hashtextextended('files/' ||"
                + " current_setting('app.tenant') || '/' || ?, 0))")
        .param(digest.value())
        .query()
        .singleRow();
  }

  @Override
  public long begin(Digest digest, long sizeBytes) {
    return sql.sql(
            """
            insert into bundle_removal (tenant, digest, size_bytes)
            values (current_setting('app.tenant'), ?, ?)
            on conflict (tenant, digest) do update
            set size_bytes = case when bundle_removal.removed_at is null then bundle_removal.size_bytes
                else excluded.size_bytes end,
              removed_at = null
            returning size_bytes
            """)
        .params(digest.value(), sizeBytes)
        .query(Long.class)
        .single();
  }

  @Override
  public void end(Digest digest) {
    sql.sql(
            "update bundle_removal set removed_at = clock_timestamp() where tenant ="
                + " current_setting('app.tenant') and digest = ?")
        .param(digest.value())
        .update();
  }
}
