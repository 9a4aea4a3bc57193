package ai.matih.ml.training.job;

import static ai.matih.ml.training.job.SomeJob.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.FakeTrainingCluster;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.testing.RunningService;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The reconciler on a real PostgreSQL, with a cluster and neighbours in memory that keep their
 * contracts.
 */
class ReconcileJobsIT extends ReconcileJobsScenarios {

  private static final Set<String> VISITED = ConcurrentHashMap.newKeySet();

  private static Database database;
  private static RunningService service;

  @BeforeAll
  static void start() {
    database = TestEngines.postgres().freshDatabase("training");
    Neighbours deaf = new Neighbours();
    deaf.experimentsAway = true;
    service =
        RunningService.start(
                database,
                Map.of(),
                Map.of(
                    TrainingCluster.class, new FakeTrainingCluster(), ExperimentRuns.class, deaf))
            .withoutLoops();
  }

  @AfterAll
  static void every_move_was_made() {
    service.close();
    assertEveryMoveIn(VISITED);
  }

  @Override
  Set<String> visited() {
    return VISITED;
  }

  @Override
  Jobs jobs() {
    return service.bean(Jobs.class);
  }

  @Override
  JobDemand demand() {
    return service.bean(JobDemand.class);
  }

  @BeforeEach
  @Override
  void empty() {
    sql("delete from job; delete from outbox");
  }

  @Override
  void register(RegisterVersion register) {
    Claims claims =
        service
            .bean(Reconcilers.class)
            .of("test", "job")
            .where(JobConfiguration.REGISTERING)
            .dueAt("next_look_at")
            .claims();
    for (Claim claim : claims.take(8)) {
      TenantScope.run(claim.tenant(), () -> claims.postpone(claim, register.step(claim)));
    }
  }

  @Override
  void makeDue() {
    sql("update job set leased_until = null, next_look_at = now()");
  }

  @Override
  double secondsToNextStep() {
    return Double.parseDouble(
        query("select extract(epoch from max(next_look_at) - now()) from job").getFirst());
  }

  @Override
  List<String> messages() {
    return query("select type from outbox order by type");
  }

  private static void sql(String statements) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set app.tenant = '*'; " + statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> query(String select) {
    List<String> found = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set app.tenant = '*'");
      try (ResultSet rows = statement.executeQuery(select)) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return found;
  }

  @Test
  void a_job_of_the_first_release_reads_back_as_a_training() {
    Job job = add(aJob());
    reconcile(job);
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);
    makeDue();
    reconcile(job);
    sql(
        "update job set document = (document #- '{specification,kind}') - 'result'"
            + " || jsonb_build_object('model', (document->'result') - 'kind')");

    assertThat(read(job).specification()).isEqualTo(job.specification());
    assertThat(read(job).model().orElseThrow().metrics()).containsEntry("auc", 0.7);
  }
}
