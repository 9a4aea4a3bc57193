package ai.matih.ml.training.job;

/** Something was asked of a job that its state does not allow. */
public final class IllegalJobMove extends RuntimeException {

  private final transient JobStatus from;
  private final transient JobEvent event;

  IllegalJobMove(JobStatus from, JobEvent event) {
    this(from, event, JobLifecycle.obstacle(from, event).orElseThrow());
  }

  IllegalJobMove(JobStatus from, JobEvent event, String reason) {
    super(reason);
    this.from = from;
    this.event = event;
  }

  public JobStatus from() {
    return from;
  }

  public JobEvent event() {
    return event;
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
