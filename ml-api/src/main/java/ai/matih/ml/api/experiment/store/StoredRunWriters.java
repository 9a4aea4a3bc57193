package ai.matih.ml.api.experiment.store;

import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunWriters;
import ai.matih.ml.common.tenant.TenantScope;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
class StoredRunWriters implements RunWriters {

  private final JdbcClient sql;

  StoredRunWriters(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<Writer> of(RunId run) {
    return read(run);
  }

  @Override
  @Transactional
  public Writer announce(RunId run, Writer writer) {
    sql.sql(
            """
            insert into run_writers (tenant, run_id, job_id, attempt, updated_at) values (?, ?, ?, ?, now())
            on conflict (tenant, run_id) do update set attempt = excluded.attempt, updated_at = excluded.updated_at
            where run_writers.job_id = excluded.job_id and run_writers.attempt < excluded.attempt
            """)
        .params(TenantScope.require().slug(), run.value(), writer.jobId(), writer.attempt())
        .update();
    return read(run)
        .orElseThrow(() -> new IllegalStateException("the writer of " + run + " is gone"));
  }

  private Optional<Writer> read(RunId run) {
    return sql.sql("select job_id, attempt from run_writers where tenant = ? and run_id = ?")
        .params(TenantScope.require().slug(), run.value())
        .query((row, number) -> new Writer(row.getString("job_id"), row.getInt("attempt")))
        .optional();
  }
}
