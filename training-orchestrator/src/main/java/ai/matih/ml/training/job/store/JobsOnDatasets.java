package ai.matih.ml.training.job.store;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.training.dataset.DatasetUsers;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Jobs that have not ended and read a version of a data set. */
@Component
class JobsOnDatasets implements DatasetUsers {

  private final JdbcClient sql;
  private final Transactions transactions;

  JobsOnDatasets(JdbcClient sql, Transactions transactions) {
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public List<String> of(DatasetVersion version) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select 'job ' || id || ' (' || status || ')' from job
                    where status not in ('succeeded', 'failed', 'cancelled')
                      and (strpos(document::text, ?) > 0 or strpos(document::text, ?) > 0)
                    order by created_at
                    limit 20
                    """)
                .params(version.reference().toString(), version.uri().toString())
                .query(String.class)
                .list());
  }
}
