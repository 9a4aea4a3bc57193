package ai.matih.ml.serving.abtest.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.abtest.ArmTally;
import ai.matih.ml.serving.abtest.Moments;
import ai.matih.ml.serving.abtest.Tally;
import ai.matih.ml.serving.abtest.Tally.GuardrailTally;
import ai.matih.ml.serving.abtest.Tally.Uncounted;
import ai.matih.ml.serving.abtest.Units;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Units as rows, written in sets. Whoever writes about a test holds its row, so that exposures and
 * outcomes that arrive together never miss each other.
 */
@Repository
class StoredUnits implements Units {

  private final JdbcClient sql;
  private final Transactions transactions;

  StoredUnits(JdbcClient sql, Transactions transactions) {
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public void expose(List<Exposed> exposures) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () -> {
                  new TreeSet<>(exposures.stream().map(Exposed::testId).toList())
                      .forEach(this::lock);
                  storeUnits(exposures);
                  storeRequests(exposures);
                  return attachEarlyOutcomes(exposures);
                }));
  }

  private void storeUnits(List<Exposed> exposures) {
    sql.sql(
            """
            insert into ab_unit (tenant, test_id, unit, challenger, exposed_at)
            select t.tenant, t.id, e.unit, bool_or(e.challenger), min(e.at)
            from unnest(?::text[], ?::text[], ?::bigint[], ?::boolean[], ?::timestamptz[])
                   as e (tenant, test, unit, challenger, at)
            join ab_test t on t.id = e.test and t.tenant = e.tenant and t.state = 'running'
            group by t.tenant, t.id, e.unit
            on conflict (test_id, unit) do update set exposed_at = least(ab_unit.exposed_at, excluded.exposed_at)
            where ab_unit.exposed_at is null or ab_unit.exposed_at > excluded.exposed_at
            """)
        .param(texts(exposures, Exposed::tenant))
        .param(texts(exposures, Exposed::testId))
        .param(exposures.stream().map(Exposed::unit).toArray(Long[]::new))
        .param(exposures.stream().map(Exposed::challenger).toArray(Boolean[]::new))
        .param(texts(exposures, exposure -> exposure.at().toString()))
        .update();
  }

  private void storeRequests(List<Exposed> exposures) {
    List<Exposed> named = exposures.stream().filter(e -> e.request().isPresent()).toList();
    if (named.isEmpty()) {
      return;
    }
    sql.sql(
            """
            insert into ab_request (tenant, test_id, request, unit)
            select distinct on (t.id, e.request) t.tenant, t.id, e.request, e.unit
            from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[]) as e (tenant, test, request, unit)
            join ab_test t on t.id = e.test and t.tenant = e.tenant and t.state = 'running'
            order by t.id, e.request
            on conflict (test_id, request) do update set unit = excluded.unit where ab_request.unit is null
            """)
        .param(texts(named, Exposed::tenant))
        .param(texts(named, Exposed::testId))
        .param(named.stream().map(e -> e.request().orElseThrow()).toArray(Long[]::new))
        .param(named.stream().map(Exposed::unit).toArray(Long[]::new))
        .update();
  }

  /** Gives outcomes that came before their requests to the units of these. */
  private int attachEarlyOutcomes(List<Exposed> exposures) {
    return sql.sql(
            """
            with heard as (
              select distinct on (r.test_id, r.request) r.test_id, r.request, e.unit, r.outcome, r.denominator, r.outcome_at
              from unnest(?::text[], ?::bigint[], ?::bigint[]) as e (test, request, unit)
              join ab_request r on r.test_id = e.test and r.request = e.request and r.outcome is not null
              order by r.test_id, r.request
            ), earliest as (
              select distinct on (test_id, unit) * from heard order by test_id, unit, outcome_at
            ), given as (
              update ab_unit u set
                outcome = coalesce(u.outcome, h.outcome),
                denominator = case when u.outcome is null then h.denominator else u.denominator end,
                outcome_at = coalesce(u.outcome_at, h.outcome_at),
                contradicted = u.contradicted or (u.outcome is not null
                  and (u.outcome <> h.outcome or u.denominator is distinct from h.denominator))
              from earliest h where u.test_id = h.test_id and u.unit = h.unit
            )
            update ab_request r set outcome = null, denominator = null, outcome_at = null
            from heard h where r.test_id = h.test_id and r.request = h.request
            """)
        .param(texts(exposures, Exposed::testId))
        .param(exposures.stream().map(e -> e.request().orElse(e.unit())).toArray(Long[]::new))
        .param(exposures.stream().map(Exposed::unit).toArray(Long[]::new))
        .update();
  }

  @Override
  public void lock(String testId) {
    sql.sql("select id from ab_test where id = ? for update")
        .param(testId)
        .query(String.class)
        .list();
  }

  @Override
  public Map<Long, Known> units(String testId, Collection<Long> units) {
    Map<Long, Known> known = new HashMap<>();
    sql.sql(
            """
            select unit, exposed_at, outcome, denominator from ab_unit where tenant = ? and test_id = ? and unit = any (?)
            """)
        .params(tenant(), testId, units.toArray(Long[]::new))
        .query(
            row -> {
              known.put(
                  row.getLong("unit"),
                  new Known(
                      Optional.ofNullable(row.getTimestamp("exposed_at")).map(Timestamp::toInstant),
                      told(row)));
            });
    return known;
  }

  @Override
  public Map<Long, Long> unitsOfRequests(String testId, Collection<Long> requests) {
    Map<Long, Long> found = new HashMap<>();
    sql.sql(
            """
            select request, unit from ab_request
            where tenant = ? and test_id = ? and request = any (?) and unit is not null
            """)
        .params(tenant(), testId, requests.toArray(Long[]::new))
        .query(
            row -> {
              found.put(row.getLong("request"), row.getLong("unit"));
            });
    return found;
  }

  @Override
  public Map<Long, Told> waitingRequests(String testId, Collection<Long> requests) {
    Map<Long, Told> found = new HashMap<>();
    sql.sql(
            """
            select request, outcome, denominator from ab_request
            where tenant = ? and test_id = ? and request = any (?) and unit is null and outcome is not null
            """)
        .params(tenant(), testId, requests.toArray(Long[]::new))
        .query(
            row -> {
              found.put(row.getLong("request"), told(row).orElseThrow());
            });
    return found;
  }

  @Override
  public void record(String testId, Collection<Outcome> outcomes) {
    store(
        testId,
        outcomes,
        """
        insert into ab_unit (tenant, test_id, unit, challenger, outcome, denominator, outcome_at, told_at)
        select ?, ?, o.unit, o.challenger, o.value, o.denominator, o.at, clock_timestamp()
        from unnest(?::bigint[], ?::boolean[], ?::double precision[], ?::double precision[], ?::timestamptz[])
               as o (unit, challenger, value, denominator, at)
        on conflict (test_id, unit) do update set outcome = excluded.outcome, denominator = excluded.denominator,
          outcome_at = excluded.outcome_at
        where ab_unit.outcome is null
        """);
  }

  @Override
  public void await(String testId, Collection<Outcome> outcomes) {
    store(
        testId,
        outcomes,
        """
        insert into ab_request (tenant, test_id, request, outcome, denominator, outcome_at, told_at)
        select ?, ?, o.request, o.value, o.denominator, o.at, clock_timestamp()
        from unnest(?::bigint[], ?::boolean[], ?::double precision[], ?::double precision[], ?::timestamptz[])
               as o (request, challenger, value, denominator, at)
        on conflict (test_id, request) do nothing
        """);
  }

  private void store(String testId, Collection<Outcome> outcomes, String statement) {
    if (outcomes.isEmpty()) {
      return;
    }
    sql.sql(statement)
        .param(tenant())
        .param(testId)
        .param(outcomes.stream().map(Outcome::unit).toArray(Long[]::new))
        .param(outcomes.stream().map(Outcome::challenger).toArray(Boolean[]::new))
        .param(outcomes.stream().map(o -> o.told().value()).toArray(Double[]::new))
        .param(
            outcomes.stream().map(o -> o.told().denominator().orElse(null)).toArray(Double[]::new))
        .param(outcomes.stream().map(o -> o.at().toString()).toArray(String[]::new))
        .update();
  }

  @Override
  public int dropWaiting(String testId, int keep) {
    return sql.sql(
                """
                delete from ab_unit where ctid = any (array(
                  select ctid from ab_unit where tenant = ? and test_id = ? and exposed_at is null
                  order by told_at desc nulls last offset ?))
                """)
            .params(tenant(), testId, keep)
            .update()
        + sql.sql(
                """
                delete from ab_request where ctid = any (array(
                  select ctid from ab_request where tenant = ? and test_id = ? and unit is null
                  order by told_at desc nulls last offset ?))
                """)
            .params(tenant(), testId, keep)
            .update();
  }

  @Override
  public void contradict(String testId, Set<Long> units) {
    if (!units.isEmpty()) {
      sql.sql(
              "update ab_unit set contradicted = true where tenant = ? and test_id = ? and unit = any (?)")
          .params(tenant(), testId, units.toArray(Long[]::new))
          .update();
    }
  }

  /** An outcome from before the exposure is none of the arm's. */
  @Override
  public Tally tally(String testId) {
    Map<Boolean, ArmTally> arms = new HashMap<>();
    sql.sql(
            """
            select challenger, count(*) as units,
                   count(outcome) filter (where outcome_at >= exposed_at) as outcomes,
                   count(*) filter (where outcome_at >= exposed_at and outcome = 1) as events,
                   coalesce(avg(outcome) filter (where outcome_at >= exposed_at), 0) as mean,
                   coalesce(var_pop(outcome) filter (where outcome_at >= exposed_at), 0) as variance,
                   coalesce(avg(denominator) filter (where outcome_at >= exposed_at), 0) as denominator_mean,
                   coalesce(var_pop(denominator) filter (where outcome_at >= exposed_at), 0) as denominator_variance,
                   coalesce(covar_pop(outcome, denominator) filter (where outcome_at >= exposed_at), 0) as covariance,
                   count(*) filter (where contradicted) as contradicted
            from ab_unit where tenant = ? and test_id = ? and exposed_at is not null group by challenger
            """)
        .params(tenant(), testId)
        .query(
            row -> {
              arms.put(
                  row.getBoolean("challenger"),
                  new ArmTally(
                      row.getLong("units"),
                      row.getLong("outcomes"),
                      row.getLong("events"),
                      moments(row),
                      row.getLong("contradicted")));
            });
    return new Tally(
        arms.getOrDefault(false, ArmTally.NOTHING),
        arms.getOrDefault(true, ArmTally.NOTHING),
        uncounted(testId),
        guardrails(testId, arms));
  }

  /** A name is a unit's or that of a request about one; who was told of twice counts once. */
  private List<GuardrailTally> guardrails(String testId, Map<Boolean, ArmTally> arms) {
    Map<String, Map<Boolean, ArmTally>> found = new TreeMap<>();
    sql.sql(
            """
            with told as (
              select distinct on (g.metric, u.unit) g.metric, u.challenger, g.outcome, g.denominator
              from ab_guardrail_outcome g
              left join ab_request r on r.test_id = g.test_id and r.request = g.name
              join ab_unit u on u.test_id = g.test_id and u.unit = coalesce(r.unit, g.name)
              where g.tenant = ? and g.test_id = ? and u.exposed_at is not null and g.outcome_at >= u.exposed_at
              order by g.metric, u.unit, g.told_at)
            select metric, challenger, count(*) as outcomes, count(*) filter (where outcome = 1) as events,
                   coalesce(avg(outcome), 0) as mean, coalesce(var_pop(outcome), 0) as variance,
                   coalesce(avg(denominator), 0) as denominator_mean,
                   coalesce(var_pop(denominator), 0) as denominator_variance,
                   coalesce(covar_pop(outcome, denominator), 0) as covariance
            from told group by metric, challenger
            """)
        .params(tenant(), testId)
        .query(
            row -> {
              boolean challenger = row.getBoolean("challenger");
              found
                  .computeIfAbsent(row.getString("metric"), _ -> new HashMap<>())
                  .put(
                      challenger,
                      new ArmTally(
                          arms.getOrDefault(challenger, ArmTally.NOTHING).units(),
                          row.getLong("outcomes"),
                          row.getLong("events"),
                          moments(row),
                          0));
            });
    return found.entrySet().stream()
        .map(
            entry ->
                new GuardrailTally(
                    entry.getKey(),
                    entry.getValue().getOrDefault(false, nothingOf(arms, false)),
                    entry.getValue().getOrDefault(true, nothingOf(arms, true))))
        .toList();
  }

  private static ArmTally nothingOf(Map<Boolean, ArmTally> arms, boolean challenger) {
    return new ArmTally(
        arms.getOrDefault(challenger, ArmTally.NOTHING).units(), 0, 0, Moments.NOTHING, 0);
  }

  private static Moments moments(ResultSet row) throws SQLException {
    return new Moments(
        row.getDouble("mean"),
        row.getDouble("variance"),
        row.getDouble("denominator_mean"),
        row.getDouble("denominator_variance"),
        row.getDouble("covariance"));
  }

  @Override
  public Map<Long, Told> guardrailOutcomes(String testId, String metric, Collection<Long> names) {
    Map<Long, Told> found = new HashMap<>();
    sql.sql(
            """
            select name, outcome, denominator from ab_guardrail_outcome
            where tenant = ? and test_id = ? and metric = ? and name = any (?)
            """)
        .params(tenant(), testId, metric, names.toArray(Long[]::new))
        .query(
            row -> {
              found.put(row.getLong("name"), told(row).orElseThrow());
            });
    return found;
  }

  @Override
  public void recordGuardrail(String testId, String metric, Collection<Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return;
    }
    sql.sql(
            """
            insert into ab_guardrail_outcome (tenant, test_id, metric, name, outcome, denominator, outcome_at)
            select ?, ?, ?, o.name, o.value, o.denominator, o.at
            from unnest(?::bigint[], ?::double precision[], ?::double precision[], ?::timestamptz[])
                   as o (name, value, denominator, at)
            on conflict (test_id, metric, name) do nothing
            """)
        .param(tenant())
        .param(testId)
        .param(metric)
        .param(outcomes.stream().map(Outcome::unit).toArray(Long[]::new))
        .param(outcomes.stream().map(o -> o.told().value()).toArray(Double[]::new))
        .param(
            outcomes.stream().map(o -> o.told().denominator().orElse(null)).toArray(Double[]::new))
        .param(outcomes.stream().map(o -> o.at().toString()).toArray(String[]::new))
        .update();
  }

  @Override
  public int dropGuardrailWaiting(String testId, String metric, int keep) {
    return sql.sql(
            """
            delete from ab_guardrail_outcome where ctid = any (array(
              select g.ctid from ab_guardrail_outcome g
              where g.tenant = ? and g.test_id = ? and g.metric = ?
                and not exists (select 1 from ab_unit u
                                where u.test_id = g.test_id and u.unit = g.name and u.exposed_at is not null)
                and not exists (select 1 from ab_request r
                                where r.test_id = g.test_id and r.request = g.name and r.unit is not null)
              order by g.told_at desc offset ?))
            """)
        .params(tenant(), testId, metric, keep)
        .update();
  }

  private Uncounted uncounted(String testId) {
    return sql.sql(
            """
            select (select count(*) from ab_unit u where u.tenant = t.tenant and u.test_id = t.id and u.exposed_at is null)
                   + (select count(*) from ab_request r where r.tenant = t.tenant and r.test_id = t.id and r.unit is null
                      and r.outcome is not null) as waiting,
                   outcomes_dropped, outcomes_too_old
            from ab_test t where t.tenant = ? and t.id = ?
            """)
        .params(tenant(), testId)
        .query(
            (row, _) ->
                new Uncounted(
                    row.getLong("waiting"),
                    row.getLong("outcomes_dropped"),
                    row.getLong("outcomes_too_old")))
        .optional()
        .orElse(Uncounted.NOTHING);
  }

  @Override
  public void noteUncounted(String testId, long dropped, long tooOld) {
    sql.sql(
            """
            update ab_test set outcomes_dropped = outcomes_dropped + ?, outcomes_too_old = outcomes_too_old + ?
            where tenant = ? and id = ?
            """)
        .params(dropped, tooOld, tenant(), testId)
        .update();
  }

  @Override
  public int tidy(Instant endedBefore, int limit) {
    return transactions.call(
        () ->
            sql.sql(
                        """
                        delete from ab_request where ctid = any (array(
                          select r.ctid from ab_test t join ab_request r on r.test_id = t.id
                          where t.ended_at is not null limit ?))
                        """)
                    .param(limit)
                    .update()
                + sql.sql(
                        """
                        delete from ab_guardrail_outcome where ctid = any (array(
                          select g.ctid from ab_test t join ab_guardrail_outcome g on g.test_id = t.id
                          where t.ended_at is not null limit ?))
                        """)
                    .param(limit)
                    .update()
                + sql.sql(
                        """
                        delete from ab_unit where ctid = any (array(
                          select u.ctid from ab_test t join ab_unit u on u.test_id = t.id
                          where t.ended_at < ? limit ?))
                        """)
                    .params(endedBefore.atOffset(ZoneOffset.UTC), limit)
                    .update());
  }

  private static Optional<Told> told(ResultSet row) throws SQLException {
    double outcome = row.getDouble("outcome");
    if (row.wasNull()) {
      return Optional.empty();
    }
    double denominator = row.getDouble("denominator");
    return Optional.of(
        new Told(outcome, row.wasNull() ? Optional.empty() : Optional.of(denominator)));
  }

  private static String[] texts(List<Exposed> exposures, Function<Exposed, String> part) {
    return exposures.stream().map(part).toArray(String[]::new);
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }
}
