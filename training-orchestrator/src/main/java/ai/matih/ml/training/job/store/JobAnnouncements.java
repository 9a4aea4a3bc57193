package ai.matih.ml.training.job.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.training.job.EvaluationSpecification;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobChanges;
import ai.matih.ml.training.job.JobConfiguration;
import ai.matih.ml.training.job.JobEnd;
import ai.matih.ml.training.job.JobSpecification;
import ai.matih.ml.training.job.PreparationSpecification;
import ai.matih.ml.training.job.TestsSpecification;
import ai.matih.ml.training.job.TrainingSpecification;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * What is written in the same transaction as a job: audit rows, messages of the outbox, and signals
 * to the other replicas.
 */
@Component
class JobAnnouncements {

  private final Audit audit;
  private final ObjectProvider<Outbox> outbox;
  private final Signals signals;

  /**
   * @param outbox delivers to handlers that store jobs, so it is only asked for when needed
   */
  JobAnnouncements(Audit audit, ObjectProvider<Outbox> outbox, Signals signals) {
    this.audit = audit;
    this.outbox = outbox;
    this.signals = signals;
  }

  void submitted(Job job) {
    audit.record("job.submitted", resource(job), details(job.specification()));
    signals.send(JobConfiguration.RECONCILE);
  }

  /** A person asked for something. */
  void asked(Job job, String action) {
    audit.record(action, resource(job), Map.of("attempt", job.attempt()));
    signals.send(JobConfiguration.RECONCILE);
  }

  /** The reconciler stored the job. */
  void stored(Job job, Job before) {
    if (job.status() != before.status()) {
      audit.record("job." + job.status().wire(), resource(job), Map.of("attempt", job.attempt()));
    }
    if (job.status().isTerminal() && !before.status().isTerminal()) {
      JobEnd.messages(job)
          .forEach(message -> outbox.getObject().append(message.type(), resource(job), message));
      // There is room for jobs that wait.
      signals.send(JobConfiguration.RECONCILE);
    }
  }

  /** A job is free for its next step at once. */
  void released() {
    signals.send(JobConfiguration.RECONCILE);
  }

  void changed() {
    signals.send(JobChanges.TOPIC);
  }

  private static String resource(Job job) {
    return "training/jobs/" + job.id();
  }

  private static Map<String, Object> details(JobSpecification specification) {
    return switch (specification) {
      case TrainingSpecification training ->
          Map.of(
              "name", training.name(),
              "algorithm", training.algorithm().value(),
              "source", training.source().reference());
      case PreparationSpecification preparation ->
          Map.of(
              "name", preparation.name(),
              "artifact", preparation.files().digest(),
              "origin", preparation.origin());
      case EvaluationSpecification evaluation ->
          Map.of(
              "name", evaluation.name(),
              "artifact", evaluation.version().digest(),
              "source", evaluation.data().reference());
      case TestsSpecification tests ->
          Map.of(
              "name", tests.name(),
              "artifact", tests.version().digest(),
              "package", tests.tests().digest());
    };
  }
}
