package ai.matih.ml.training.job;

import static ai.matih.ml.common.testing.ReplicaEnds.AFTER_A_CRASH;
import static ai.matih.ml.common.testing.ReplicaEnds.AT_ONCE;
import static ai.matih.ml.training.job.SomeJob.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.ReplicaEnds;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.FakeTrainingCluster;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.testing.RunningService;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job whose replica ends or is killed in the middle of a step, on a real PostgreSQL. */
class ReplicaEndsIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  /** Calls out in which a replica may be when it ends; each is one of another step of a job. */
  enum Call {
    ENSURE_RUN("ensure"),
    SUBMIT("submit"),
    READ_PROGRESS("progress"),
    REGISTER("register");

    private final String method;

    Call(String method) {
      this.method = method;
    }
  }

  private final Database database = TestEngines.postgres().freshDatabase("training");
  private final FakeTrainingCluster cluster = new FakeTrainingCluster();
  private final Neighbours neighbours = new Neighbours();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);
  private @Nullable RunningService first;
  private @Nullable RunningService second;

  @AfterEach
  void stop() {
    open.countDown();
    for (RunningService service : new RunningService[] {first, second}) {
      if (service != null) {
        service.close();
      }
    }
  }

  /**
   * A replica on the cluster and the neighbours; calls of the method do not return before {@link
   * #open}.
   */
  private RunningService replica(String blocked) {
    Map<Class<?>, Object> ports = new LinkedHashMap<>();
    for (Class<?> port :
        List.of(
            ExperimentRuns.class,
            FeaturePlans.class,
            RegistryModels.class,
            VersionRegistration.class,
            JobOutputs.class,
            SignedAddresses.class)) {
      ports.put(port, blocking(port, neighbours, blocked));
    }
    ports.put(TrainingCluster.class, blocking(TrainingCluster.class, cluster, blocked));
    return RunningService.start(database, Map.of(), ports);
  }

  private Object blocking(Class<?> port, Object real, String blocked) {
    return Proxy.newProxyInstance(
        port.getClassLoader(),
        new Class<?>[] {port},
        (_, method, arguments) -> {
          if (method.getName().equals(blocked)) {
            begun.countDown();
            try {
              open.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new EngineFailure.Unavailable("ray", "interrupted", Optional.empty());
            }
          }
          try {
            return method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  /** The first replica is in the call with a job; the second one has nothing to do. */
  private Job inTheMiddleOf(Call call) throws InterruptedException {
    first = replica(call.method);
    Job job = aJob().registered("churn").submittedAt(Instant.now());
    Jobs jobs = first.bean(Jobs.class);
    TenantScope.run(job.tenant(), () -> jobs.add(job));
    if (call == Call.READ_PROGRESS || call == Call.REGISTER) {
      ReplicaEnds.await(
          "it is submitted", () -> cluster.everAccepted().contains(job.submissionId()), SOON);
      cluster.becomes(
          job.submissionId(),
          call == Call.REGISTER ? ClusterJob.Status.SUCCEEDED : ClusterJob.Status.RUNNING);
    }
    begun.await();
    second = replica("none");
    return job;
  }

  private boolean isThrough(Job job, Call call) {
    Jobs jobs = java.util.Objects.requireNonNull(second).bean(Jobs.class);
    JobStatus status =
        TenantScope.call(job.tenant(), () -> jobs.find(job.id())).orElseThrow().status();
    if (call == Call.READ_PROGRESS) {
      // Another step of the job is over when the second replica has seen its end.
      cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);
      return status == JobStatus.SUCCEEDED;
    }
    return call == Call.REGISTER ? status == JobStatus.SUCCEEDED : status == JobStatus.PENDING;
  }

  @ParameterizedTest
  @EnumSource
  void after_an_orderly_end_another_replica_goes_on_at_once(Call call) throws Exception {
    Job job = inTheMiddleOf(call);
    RunningService ends = java.util.Objects.requireNonNull(first);

    Duration pause = ReplicaEnds.pause(ends::close, () -> isThrough(job, call), AT_ONCE);

    System.out.printf("orderly end during %s: %d ms%n", call, pause.toMillis());
    assertThat(pause).isLessThan(AT_ONCE);
    assertThat(cluster.everAccepted()).containsExactly(job.submissionId());
  }

  @ParameterizedTest
  @EnumSource
  void after_a_crash_another_replica_goes_on_soon(Call call) throws Exception {
    Job job = inTheMiddleOf(call);
    RunningService dies = java.util.Objects.requireNonNull(first);

    Duration pause =
        ReplicaEnds.pause(
            () -> ReplicaEnds.kill(dies.context()), () -> isThrough(job, call), AFTER_A_CRASH);
    open.countDown();

    System.out.printf("crash during %s: %d ms%n", call, pause.toMillis());
    assertThat(pause).isLessThan(AFTER_A_CRASH);
    assertThat(cluster.everAccepted()).containsExactly(job.submissionId());
  }
}
