package ai.matih.ml.training.job.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobDemand;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sums over the jobs of all tenants, by SQL. */
@Repository
class StoredDemand implements JobDemand {

  private static final String IN_CLUSTER =
      "status in ('submitting', 'unknown', 'pending', 'running') and not registering";
  private static final String WAITING = "status in ('queued', 'lost')";

  private final JdbcClient sql;
  private final Transactions transactions;

  StoredDemand(JdbcClient sql, Transactions transactions) {
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public Demand all() {
    return acrossTenants(
        () ->
            sql.sql(
                    """
                    select coalesce(sum(cpus) filter (where %1$s), 0) as cpus,
                      coalesce(sum(gpus) filter (where %1$s), 0) as gpus,
                      coalesce(sum(memory_bytes) filter (where %1$s), 0) as memory,
                      count(*) filter (where %2$s) as waiting
                    from job where (%1$s) or %2$s
                    """
                        .formatted(IN_CLUSTER, WAITING))
                .query(StoredDemand::demand)
                .single());
  }

  @Override
  public Demand before(Job job) {
    int priority = job.specification().priority();
    return acrossTenants(
        () ->
            sql.sql(
                    """
                    select coalesce(sum(cpus), 0) as cpus, coalesce(sum(gpus), 0) as gpus,
                      coalesce(sum(memory_bytes), 0) as memory, count(*) filter (where %2$s) as waiting
                    from job
                    where id <> ? and ((%1$s)
                      or (%2$s and (priority > ? or (priority = ? and (created_at, id) < (?, ?)))))
                    """
                        .formatted(IN_CLUSTER, WAITING))
                .params(
                    job.id().value(),
                    priority,
                    priority,
                    Timestamp.from(job.createdAt()),
                    job.id().value())
                .query(StoredDemand::demand)
                .single());
  }

  @Override
  public Demand waitingBefore(int priority) {
    return acrossTenants(
        () ->
            sql.sql(
                    """
                    select coalesce(sum(cpus), 0) as cpus, coalesce(sum(gpus), 0) as gpus,
                      coalesce(sum(memory_bytes), 0) as memory, count(*) as waiting
                    from job where %s and priority >= ?
                    """
                        .formatted(WAITING))
                .param(priority)
                .query(StoredDemand::demand)
                .single());
  }

  private static Demand demand(ResultSet row, int number) throws SQLException {
    return new Demand(
        row.getDouble("cpus"), row.getDouble("gpus"), row.getLong("memory"), row.getInt("waiting"));
  }

  @Override
  public boolean isCurrent(SubmissionId submission) {
    return acrossTenants(
        () ->
            sql.sql(
                    "select count(*) > 0 from job where id = ? and attempt = ? and ((%s) or %s)"
                        .formatted(IN_CLUSTER, WAITING))
                .params(submission.job(), submission.attempt())
                .query(Boolean.class)
                .single());
  }

  @Override
  public String installation() {
    return acrossTenants(
        () -> sql.sql("select id::text from installation").query(String.class).single());
  }

  private <T> T acrossTenants(Supplier<T> read) {
    return TenantScope.acrossTenants(() -> transactions.call(read));
  }
}
