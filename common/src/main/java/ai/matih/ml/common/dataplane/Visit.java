package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemAdvice;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A request that came by another listener than the data plane's. */
public final class Visit {

  private final Exchange exchange;

  Visit(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * Works as the caller: with its tenant, its trace and the request's id.
   *
   * @throws Problem whatever goes wrong; what is not the caller's fault is in the log
   */
  public <T> T answer(Function<Request, T> work) {
    AtomicReference<T> answer = new AtomicReference<>();
    try {
      exchange.run(() -> answer.set(work.apply(exchange)));
      return Objects.requireNonNull(answer.get());
    } catch (RuntimeException e) {
      if (e instanceof Problem problem && !problem.error().status().is5xxServerError()) {
        throw problem;
      }
      throw ProblemAdvice.problemOf(
          e, exchange.method().name(), exchange.path(), UUID.randomUUID());
    }
  }
}
