package ai.matih.ml.common.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * The first thing that happens when a service must go. For a while it answers as ever, so that
 * whoever chooses among replicas can forget it, and each answer says that it is the last one on its
 * connection. Otherwise the web server would close connections that callers keep while they send
 * the next request, and that request would be lost.
 *
 * <p>The state is named in Google's "Site Reliability Engineering", chapter 20. Readiness is
 * refused in it; everything else of the service goes on, for it runs before any other listener
 * hears of the end.
 */
public final class LameDuck implements Filter, ApplicationListener<ContextClosedEvent>, Ordered {

  private static final Logger log = LoggerFactory.getLogger(LameDuck.class);

  private final ApplicationContext service;
  private final Duration time;
  private volatile boolean going;

  public LameDuck(ApplicationContext service, Duration time) {
    this.service = service;
    this.time = time;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    // The context of the management port ends too, and its parent hears of it.
    if (!event.getApplicationContext().equals(service)) {
      return;
    }
    going = true;
    if (time.isZero()) {
      return;
    }
    log.info("going: answers for {} more and keeps no connection", time);
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether each answer has to be the last one on its connection. */
  public boolean isGoing() {
    return going;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (going && response instanceof HttpServletResponse answer) {
      answer.setHeader("Connection", "close");
    }
    chain.doFilter(request, response);
  }

  /** First as a listener, and first as a filter. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
