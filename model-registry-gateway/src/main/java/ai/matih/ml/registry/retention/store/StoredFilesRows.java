package ai.matih.ml.registry.retention.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.artifact.StoredFiles;
import ai.matih.ml.registry.retention.RetentionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
class StoredFilesRows implements StoredFiles {

  private final JdbcClient sql;
  private final RetentionSettings settings;

  StoredFilesRows(JdbcClient sql, RetentionSettings settings) {
    this.sql = sql;
    this.settings = settings;
  }

  @Override
  public void note(Digest digest) {
    sql.sql(
            """
            insert into stored_files (tenant, id, digest, next_look_at)
            values (current_setting('app.tenant'), ?, ?, now() + ? * interval '1 millisecond')
            on conflict (tenant, digest) do update
            set stored_at = clock_timestamp(), next_look_at = excluded.next_look_at
            """)
        .params(UUID.randomUUID(), digest.value(), settings.keepUnused().toMillis())
        .update();
  }

  @Override
  public void readBy(Digest digest, String job) {
    sql.sql(
            """
            update stored_files set readers = array_append(readers, ?)
            where tenant = current_setting('app.tenant') and digest = ? and not ? = any (readers)
            """)
        .params(job, digest.value(), job)
        .update();
  }

  @Override
  public Optional<Stored> find(UUID id) {
    return sql.sql("select * from stored_files where id = ?")
        .param(id)
        .query(
            (row, _) ->
                new Stored(
                    row.getObject("id", UUID.class),
                    new Digest(row.getString("digest")),
                    row.getTimestamp("stored_at").toInstant(),
                    List.of((String[]) row.getArray("readers").getArray())))
        .optional();
  }

  @Override
  public void later(UUID id, Duration wait) {
    sql.sql(
            "update stored_files set next_look_at = now() + ? * interval '1 millisecond' where id"
                + " = ?")
        .params(wait.toMillis(), id)
        .update();
  }

  @Override
  public void forget(UUID id) {
    sql.sql("delete from stored_files where id = ?").param(id).update();
  }
}
