package ai.matih.ml.api.access.store;

import ai.matih.ml.api.access.ApiKey;
import ai.matih.ml.api.access.ApiKeys;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.TransactionException;

@Repository
class StoredApiKeys implements ApiKeys {

  private final ApiKeyRows rows;
  private final JdbcTemplate sql;
  private final Transactions transactions;

  StoredApiKeys(ApiKeyRows rows, JdbcTemplate sql, Transactions transactions) {
    this.rows = rows;
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public Optional<ApiKey> byHash(String hash) {
    try {
      return TenantScope.acrossTenants(
          () -> transactions.call(() -> rows.findByHash(hash).map(ApiKeyRow::toKey)));
    } catch (DataAccessException | TransactionException e) {
      throw new StoreAway(e);
    }
  }

  @Override
  public Optional<ApiKey> byId(UUID id) {
    return transactions.call(() -> rows.findById(id).map(ApiKeyRow::toKey));
  }

  @Override
  public Optional<ApiKey> byRequest(String request) {
    return transactions.call(() -> rows.findByRequest(request).map(ApiKeyRow::toKey));
  }

  @Override
  public Page<ApiKey> page(PageRequest request) {
    Limit limit = Limit.of(request.limit());
    Optional<PageToken> after = request.after(2);
    List<ApiKeyRow> found =
        transactions.call(
            () ->
                after
                    .map(token -> rows.newestAfter(instant(token), id(token), limit))
                    .orElseGet(() -> rows.newest(limit)));
    return Page.cut(
        found.stream().map(ApiKeyRow::toKey).toList(),
        request,
        key -> PageToken.of(key.createdAt(), key.id()));
  }

  @Override
  public long countValid(Instant now) {
    return transactions.call(() -> rows.countValid(now));
  }

  @Override
  public void add(ApiKey key) {
    try {
      rows.saveAndFlush(new ApiKeyRow(key));
    } catch (DataIntegrityViolationException e) {
      throw new MadeAlready(e);
    }
  }

  @Override
  public void revoke(UUID id, Instant now) {
    rows.findById(id)
        .ifPresent(
            row -> {
              row.revoke(now);
              rows.save(row);
            });
  }

  @Override
  public void used(Map<UUID, Instant> lastUses) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    sql.batchUpdate(
                        "update api_keys set last_used_at = ? where id = ?",
                        lastUses.entrySet().stream()
                            .map(use -> new Object[] {Timestamp.from(use.getValue()), use.getKey()})
                            .toList())));
  }

  @Override
  public void addTenant(Tenant tenant, Instant now) {
    sql.update(
        "insert into tenants (slug, created_at) values (?, ?) on conflict do nothing",
        tenant.slug(),
        Timestamp.from(now));
  }

  private static Instant instant(PageToken token) {
    try {
      return Instant.parse(token.parts().get(0));
    } catch (DateTimeException e) {
      throw Problem.invalid("page_token", "is not a token of this list");
    }
  }

  private static UUID id(PageToken token) {
    try {
      return UUID.fromString(token.parts().get(1));
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("page_token", "is not a token of this list");
    }
  }
}
