package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * So many calls at once. A call gives its place back when its message does not arrive in time or
 * finds no memory.
 */
final class Places implements ServerInterceptor {

  private final Semaphore places;
  private final Duration arrival;
  private final ScheduledExecutorService timer;

  /**
   * @param arrival how long a message may take to arrive
   */
  Places(int maxCalls, Duration arrival, ScheduledExecutorService timer) {
    this.places = new Semaphore(maxCalls);
    this.arrival = arrival;
    this.timer = timer;
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    if (!places.tryAcquire()) {
      return Refusals.refuse(call, Problem.overloaded());
    }
    Arrival arriving = new Arrival(call);
    Future<?> late = timer.schedule(arriving::refuseLate, arrival.toNanos(), TimeUnit.NANOSECONDS);
    AtomicBoolean held = new AtomicBoolean(true);
    Runnable leave =
        () -> {
          late.cancel(false);
          if (held.getAndSet(false)) {
            places.release();
          }
        };
    Incoming.MESSAGE.get().whenTooLarge(arriving::refuseTooLarge);
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onHalfClose() {
        late.cancel(false);
        if (arriving.end()) {
          super.onHalfClose();
        }
      }

      @Override
      public void onComplete() {
        leave.run();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        leave.run();
        super.onCancel();
      }
    };
  }

  /** A message until all of it is here, or the call is refused. */
  private final class Arrival {

    private final ServerCall<?, ?> call;
    private final AtomicBoolean ended = new AtomicBoolean();

    Arrival(ServerCall<?, ?> call) {
      this.call = call;
    }

    /** Whether this ended it. */
    boolean end() {
      return ended.compareAndSet(false, true);
    }

    void refuseLate() {
      Problem late =
          new Problem(CommonError.MALFORMED_REQUEST, "The message did not arrive in time.");
      refuse(Status.DEADLINE_EXCEEDED.withDescription(late.detail()), late);
    }

    void refuseTooLarge() {
      Problem overloaded = Problem.overloaded();
      refuse(Refusals.status(overloaded), overloaded);
    }

    /** By another thread, since this one may be in the middle of the message. */
    private void refuse(Status status, Problem problem) {
      if (end()) {
        timer.execute(() -> call.close(status, Refusals.trailers(problem)));
      }
    }
  }
}
