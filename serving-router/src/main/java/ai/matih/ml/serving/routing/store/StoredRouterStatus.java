package ai.matih.ml.serving.routing.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.RouterReports;
import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.observation.TargetCounts;
import ai.matih.ml.serving.observation.TargetCounts.Assigned;
import ai.matih.ml.serving.rollout.RouterCounts;
import ai.matih.ml.serving.routing.PinnedCallers.Pin;
import ai.matih.ml.serving.routing.RouterStatus;
import ai.matih.ml.serving.store.ChangeSignal;
import ai.matih.ml.serving.traffic.Acknowledgements;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The reports of the routers as rows. Whether one is fresh is judged by the database's clock alone.
 */
@Repository
class StoredRouterStatus implements RouterStatus, RouterReports, RouterCounts, Acknowledgements {

  /** A router that missed this much may serve an old plan. */
  private static final String OVERDUE = "interval '10 seconds'";

  /** A router that was silent for so long is gone. */
  private static final String GONE = "interval '2 minutes'";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;

  StoredRouterStatus(JdbcClient sql, Transactions transactions, ChangeSignal signal) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
  }

  @Override
  public void report(StatusReport report, boolean changed) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () -> {
                  // A router that was given up while it was silent has to report everything again.
                  boolean registeredAgain = heartbeat(report);
                  replaceDeployments(report.router(), report.deployments());
                  if (changed || registeredAgain) {
                    acknowledge(report.router(), report.acknowledgements());
                  }
                  report.pinnedCallers().forEach(this::store);
                  if (changed) {
                    signal.send();
                  }
                  return Boolean.TRUE;
                }));
  }

  private boolean heartbeat(StatusReport report) {
    boolean inserted =
        sql.sql(
                """
                insert into router (id, dropped) values (?, ?::jsonb)
                on conflict (id) do update set heartbeat_at = clock_timestamp(), dropped = excluded.dropped
                returning xmax = 0
                """)
            .params(report.router(), JSON.writeValueAsString(report.dropped()))
            .query(Boolean.class)
            .single();
    sql.sql("delete from router where heartbeat_at < clock_timestamp() - " + GONE).update();
    return inserted;
  }

  private void replaceDeployments(String router, List<DeploymentStatus> deployments) {
    sql.sql("delete from router_hold where router_id = ? and deployment_id <> all (?)")
        .params(
            router, deployments.stream().map(DeploymentStatus::deploymentId).toArray(String[]::new))
        .update();
    for (DeploymentStatus status : deployments) {
      Assigned assigned = status.counts().map(TargetCounts::assigned).orElse(Assigned.NOTHING);
      sql.sql(
              """
              insert into router_hold (tenant, router_id, deployment_id, hold, failure, in_flight, last_request_at,
                answered, failed_requests, latency, counted_since, assigned, assigned_failed, assigned_latency)
              select tenant, ?, id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? from deployment where id = ?
              on conflict (router_id, deployment_id) do update set hold = excluded.hold, failure = excluded.failure,
                in_flight = excluded.in_flight,
                last_request_at = coalesce(excluded.last_request_at, router_hold.last_request_at),
                answered = excluded.answered, failed_requests = excluded.failed_requests, latency = excluded.latency,
                counted_since = excluded.counted_since, assigned = excluded.assigned,
                assigned_failed = excluded.assigned_failed, assigned_latency = excluded.assigned_latency
              """)
          .param(router)
          .param(status.loadState().name())
          .param(status.failure().orElse(null))
          .param(status.inFlight())
          .param(status.lastRequestAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null))
          .param(status.counts().map(TargetCounts::answered).orElse(0L))
          .param(status.counts().map(TargetCounts::failed).orElse(0L))
          .param(ranges(status.counts().map(TargetCounts::latency).orElse(LatencyHistogram.EMPTY)))
          .param(
              status.counts().map(counts -> counts.since().atOffset(ZoneOffset.UTC)).orElse(null))
          .param(assigned.answered())
          .param(assigned.failed())
          .param(ranges(assigned.latency()))
          .param(status.deploymentId())
          .update();
    }
  }

  private void acknowledge(String router, List<RouterStatus.Acknowledgement> acknowledgements) {
    sql.sql("delete from router_acknowledgement where router_id = ?").param(router).update();
    for (RouterStatus.Acknowledgement acknowledgement : acknowledgements) {
      sql.sql(
              """
              insert into router_acknowledgement (tenant, model_id, router_id, revision) values (?, ?, ?, ?)
              """)
          .params(
              acknowledgement.tenant().slug(),
              acknowledgement.model().value(),
              router,
              acknowledgement.revision())
          .update();
    }
  }

  private void store(Pin pin, Instant at) {
    sql.sql(
            """
            insert into pinned_caller (tenant, model_id, version, principal, last_seen_at) values (?, ?, ?, ?, ?)
            on conflict (tenant, model_id, version, principal)
            do update set last_seen_at = greatest(pinned_caller.last_seen_at, excluded.last_seen_at)
            """)
        .params(
            pin.tenant().slug(),
            pin.model().value(),
            pin.version(),
            pin.principal(),
            at.atOffset(ZoneOffset.UTC))
        .update();
  }

  @Override
  public void deregister(String router) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () -> {
                  int gone = sql.sql("delete from router where id = ?").param(router).update();
                  signal.send();
                  return gone;
                }));
  }

  @Override
  public List<RouterReport> about(ModelId model, String deploymentId) {
    String tenant = TenantScope.require().slug();
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select r.id, r.heartbeat_at > clock_timestamp() - %s as fresh, coalesce(a.revision, 0) as revision,
                           h.hold, h.failure, coalesce(h.in_flight, 0) as in_flight, h.last_request_at,
                           h.answered, h.failed_requests, h.latency, h.counted_since, h.assigned,
                           h.assigned_failed, h.assigned_latency, r.dropped
                    from router r
                    left join router_acknowledgement a on a.router_id = r.id and a.tenant = ? and a.model_id = ?
                    left join router_hold h on h.router_id = r.id and h.deployment_id = ?
                    where r.heartbeat_at > clock_timestamp() - %s
                    order by r.id
                    """
                        .formatted(OVERDUE, GONE))
                .params(tenant, model.value(), deploymentId)
                .query(
                    (row, _) ->
                        new RouterReport(
                            row.getString("id"),
                            row.getBoolean("fresh"),
                            row.getLong("revision"),
                            loadState(row.getString("hold")),
                            Optional.ofNullable(row.getString("failure")),
                            row.getInt("in_flight"),
                            Optional.ofNullable(row.getTimestamp("last_request_at"))
                                .map(Timestamp::toInstant),
                            counts(row),
                            dropped(row.getString("dropped"))))
                .list());
  }

  @Override
  public List<RouterCounts.Report> of(
      ModelId model, String stableDeployment, String canaryDeployment) {
    Map<String, RouterCounts.Report> reports = new LinkedHashMap<>();
    // One statement: both sides of a router are of the same report.
    sql.sql(
            """
            select r.id, h.deployment_id, h.answered, h.failed_requests, h.latency, h.counted_since, h.assigned,
                   h.assigned_failed, h.assigned_latency
            from router r left join router_hold h on h.router_id = r.id and h.deployment_id in (?, ?)
            where r.heartbeat_at > clock_timestamp() - %s order by r.id
            """
                .formatted(GONE))
        .params(stableDeployment, canaryDeployment)
        .query(
            row -> {
              RouterCounts.Report known =
                  reports.getOrDefault(
                      row.getString("id"),
                      new RouterCounts.Report(
                          row.getString("id"), Optional.empty(), Optional.empty()));
              @Nullable String deployment = row.getString("deployment_id");
              Optional<TargetCounts> counts = deployment == null ? Optional.empty() : counts(row);
              reports.put(
                  known.router(),
                  new RouterCounts.Report(
                      known.router(),
                      stableDeployment.equals(deployment) ? counts : known.stable(),
                      canaryDeployment.equals(deployment) ? counts : known.canary()));
            });
    return List.copyOf(reports.values());
  }

  @Override
  public List<RouterRevision> of(ModelId model) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select r.id, r.heartbeat_at > clock_timestamp() - %s as fresh, coalesce(a.revision, 0) as revision
                    from router r
                    left join router_acknowledgement a on a.router_id = r.id and a.tenant = ? and a.model_id = ?
                    where r.heartbeat_at > clock_timestamp() - %s
                    order by r.id
                    """
                        .formatted(OVERDUE, GONE))
                .params(TenantScope.require().slug(), model.value())
                .query(
                    (row, _) ->
                        new RouterRevision(
                            row.getString("id"), row.getLong("revision"), row.getBoolean("fresh")))
                .list());
  }

  private static Optional<TargetCounts> counts(ResultSet row) throws SQLException {
    @Nullable Timestamp since = row.getTimestamp("counted_since");
    if (since == null) {
      return Optional.empty();
    }
    return Optional.of(
        new TargetCounts(
            row.getLong("answered"),
            row.getLong("failed_requests"),
            histogram(row, "latency"),
            since.toInstant(),
            new Assigned(
                row.getLong("assigned"),
                row.getLong("assigned_failed"),
                histogram(row, "assigned_latency"))));
  }

  private static LatencyHistogram histogram(ResultSet row, String column) throws SQLException {
    Long[] ranges = (Long[]) row.getArray(column).getArray();
    return new LatencyHistogram(Arrays.stream(ranges).mapToLong(Long::longValue).toArray());
  }

  private static Long[] ranges(LatencyHistogram histogram) {
    return Arrays.stream(histogram.counts()).boxed().toArray(Long[]::new);
  }

  private static Map<String, Long> dropped(String json) {
    Map<String, Long> dropped = new TreeMap<>();
    JSON.readTree(json)
        .properties()
        .forEach(entry -> dropped.put(entry.getKey(), entry.getValue().asLong()));
    return dropped;
  }

  private static LoadState loadState(@Nullable String stored) {
    return stored == null ? LoadState.ABSENT : LoadState.valueOf(stored);
  }

  @Override
  public List<PinnedCaller> pinnedCallers(ModelId model, long version) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select principal, last_seen_at from pinned_caller where tenant = ? and model_id = ? and version = ?
                    order by last_seen_at desc limit 100
                    """)
                .params(TenantScope.require().slug(), model.value(), version)
                .query(
                    (row, _) ->
                        new PinnedCaller(
                            row.getString("principal"),
                            row.getTimestamp("last_seen_at").toInstant()))
                .list());
  }
}
