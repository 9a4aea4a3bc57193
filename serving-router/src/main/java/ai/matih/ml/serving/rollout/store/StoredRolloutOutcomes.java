package ai.matih.ml.serving.rollout.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.serving.rollout.RolloutOutcomes;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** One row per unit. */
@Repository
class StoredRolloutOutcomes implements RolloutOutcomes {

  private final JdbcClient sql;

  StoredRolloutOutcomes(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  public int add(String rolloutId, Collection<UnitOutcome> outcomes) {
    return outcomes.isEmpty()
        ? 0
        : sql.sql(
                """
                insert into rollout_outcome (tenant, rollout_id, unit, canary, bad)
                select ?, ?, o.unit, o.canary, o.bad
                from unnest(?::bigint[], ?::boolean[], ?::boolean[]) as o (unit, canary, bad)
                on conflict (rollout_id, unit) do nothing
                """)
            .param(TenantScope.require().slug())
            .param(rolloutId)
            .param(outcomes.stream().map(UnitOutcome::unit).toArray(Long[]::new))
            .param(outcomes.stream().map(UnitOutcome::canary).toArray(Boolean[]::new))
            .param(outcomes.stream().map(UnitOutcome::bad).toArray(Boolean[]::new))
            .update();
  }

  @Override
  public OutcomeCounts count(String rolloutId) {
    return sql.sql(
            """
            select count(*) filter (where not canary) as stable, count(*) filter (where not canary and bad) as stable_bad,
                   count(*) filter (where canary) as canary, count(*) filter (where canary and bad) as canary_bad
            from rollout_outcome where tenant = ? and rollout_id = ?
            """)
        .params(TenantScope.require().slug(), rolloutId)
        .query(
            (row, _) ->
                new OutcomeCounts(
                    row.getLong("stable"),
                    row.getLong("stable_bad"),
                    row.getLong("canary"),
                    row.getLong("canary_bad")))
        .single();
  }
}
