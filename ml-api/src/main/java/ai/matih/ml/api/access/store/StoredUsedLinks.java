package ai.matih.ml.api.access.store;

import ai.matih.ml.api.access.ApiKeys.StoreAway;
import ai.matih.ml.api.access.UsedLinks;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.TransactionException;

@Repository
class StoredUsedLinks implements UsedLinks {

  private final JdbcTemplate sql;
  private final Transactions transactions;
  private final Clock clock;

  StoredUsedLinks(JdbcTemplate sql, Transactions transactions, Clock clock) {
    this.sql = sql;
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public boolean use(UUID link, Instant until) {
    try {
      return transactions.call(
          () -> {
            sql.update(
                "delete from used_sign_in_links where until < ?", Timestamp.from(clock.instant()));
            return sql.update(
                    "insert into used_sign_in_links (id, tenant, until) values (?, ?, ?)"
                        + " on conflict do nothing",
                    link,
                    TenantScope.require().slug(),
                    Timestamp.from(until))
                == 1;
          });
    } catch (DataAccessException | TransactionException e) {
      throw new StoreAway(e);
    }
  }
}
