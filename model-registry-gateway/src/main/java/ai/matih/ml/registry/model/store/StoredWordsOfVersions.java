package ai.matih.ml.registry.model.store;

import ai.matih.ml.registry.model.WordsOfVersions;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * A row for each job that somebody said something about; rows of jobs that failed go in a month.
 */
@Component
@Transactional
class StoredWordsOfVersions implements WordsOfVersions {

  private final JdbcClient sql;

  StoredWordsOfVersions(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  public void keep(String job, Words words) {
    sql.sql("delete from words_of_version where said_at < now() - interval '30 days'").update();
    sql.sql(
            """
            insert into words_of_version (tenant, job_id, semantic_version, description)
            values (current_setting('app.tenant'), ?, ?, ?)
            on conflict (tenant, job_id) do update
            set semantic_version = excluded.semantic_version, description = excluded.description
            """)
        .param(job)
        .param(words.semanticVersion().orElse(null))
        .param(words.description().orElse(null))
        .update();
  }

  @Override
  public Words take(String job) {
    return sql.sql(
            """
            delete from words_of_version where tenant = current_setting('app.tenant') and job_id = ?
            returning semantic_version, description
            """)
        .param(job)
        .query(
            (row, _) ->
                new Words(
                    Optional.ofNullable(row.getString("semantic_version")),
                    Optional.ofNullable(row.getString("description"))))
        .optional()
        .orElse(Words.NONE);
  }
}
