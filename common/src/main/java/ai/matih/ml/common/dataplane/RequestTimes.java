package ai.matih.ml.common.dataplane;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Times the requests of one path under the name and with the tags that the web layer's requests
 * have, so that dashboards and alerts see both.
 */
final class RequestTimes {

  private final MeterRegistry meters;
  private final String method;
  private final String uri;
  private final AtomicReferenceArray<Timer> byStatus = new AtomicReferenceArray<>(600);

  RequestTimes(MeterRegistry meters, String method, String uri) {
    this.meters = meters;
    this.method = method;
    this.uri = uri;
  }

  void record(int status, long nanos) {
    Timer timer = byStatus.get(status);
    if (timer == null) {
      timer = timer(status);
      byStatus.set(status, timer);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(int status) {
    return Timer.builder("http.server.requests")
        .tag("error", "none")
        .tag("exception", "none")
        .tag("method", method)
        .tag("outcome", status < 400 ? "SUCCESS" : status < 500 ? "CLIENT_ERROR" : "SERVER_ERROR")
        .tag("status", Integer.toString(status))
        .tag("uri", uri)
        .register(meters);
  }
}
