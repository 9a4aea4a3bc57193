package ai.matih.ml.serving.bundlecheck.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.bundlecheck.Trials;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.engine.PlacedModels;
import ai.matih.ml.serving.engine.Placement;
import ai.matih.ml.serving.store.ChangeSignal;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** A row per trial; one that nobody asks for any more ends by itself. */
@Repository
class StoredTrials implements Trials, PlacedModels {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String WANTED = "interval '10 minutes'";
  private static final int PART_OF_DIGEST = 12;

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;

  StoredTrials(JdbcClient sql, Transactions transactions, ChangeSignal signal) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
  }

  @Override
  public Placement want(EngineName engine, Artifact artifact) {
    String tenant = TenantScope.require().slug();
    String name =
        "%s.trial.%s".formatted(tenant, artifact.digest().hex().substring(0, PART_OF_DIGEST));
    transactions.run(
        () -> {
          sql.sql("delete from engine_trial where wanted_until < now()").update();
          sql.sql(
                  """
                  insert into engine_trial (tenant, name, engine, artifact_uri, digest, files, wanted_until)
                  values (?, ?, ?, ?, ?, ?::jsonb, now() + %1$s)
                  on conflict (name) do update set wanted_until = now() + %1$s
                  """
                      .formatted(WANTED))
              .param(tenant)
              .param(name)
              .param(engine.value())
              .param(artifact.uri())
              .param(artifact.digest().value())
              .param(JSON.writeValueAsString(artifact.files()))
              .update();
          signal.send();
        });
    return new Placement(name, artifact, Hosting.DEFAULT);
  }

  @Override
  public void end(Placement placement) {
    transactions.run(
        () -> {
          sql.sql("delete from engine_trial where name = ?").param(placement.name()).update();
          signal.send();
        });
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<Placement> wanted(EngineName engine) {
    return TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    sql.sql(
                            "select * from engine_trial where engine = ? and wanted_until > now() order by name")
                        .param(engine.value())
                        .query(
                            (row, _) ->
                                new Placement(
                                    row.getString("name"),
                                    new Artifact(
                                        row.getString("artifact_uri"),
                                        new Digest(row.getString("digest")),
                                        JSON.readValue(row.getString("files"), Map.class)),
                                    Hosting.DEFAULT))
                        .list()));
  }
}
