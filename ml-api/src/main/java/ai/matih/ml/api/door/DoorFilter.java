package ai.matih.ml.api.door;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.access.Admission;
import ai.matih.ml.api.access.Admit;
import ai.matih.ml.api.access.ApiKeys;
import ai.matih.ml.api.access.CallerUnknown;
import ai.matih.ml.api.access.SignedTokens;
import ai.matih.ml.api.console.BrowserSession;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The first to see a request of the suite's API: checks its path, admits its caller, counts it
 * against the limits, and forwards it or lets this service answer.
 *
 * <p>It stands before the rest of the web layer so that a forwarded call costs as little as it can.
 */
final class DoorFilter extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger(DoorFilter.class);

  private final Admit admit;
  private final RateLimits limits;
  private final Services services;
  private final ProblemWriter problems;

  DoorFilter(Admit admit, RateLimits limits, Services services, ProblemWriter problems) {
    this.admit = admit;
    this.limits = limits;
    this.services = services;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return OpenPaths.isOpen(request.getRequestURI());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      String path = request.getRequestURI();
      if (!RequestPath.isSafe(path)) {
        throw new Problem(
            CommonError.MALFORMED_REQUEST, "The path has a form that is not accepted.");
      }
      String shown = BrowserSession.authorization(request);
      Optional<Route> route = Route.of(path);
      Admission caller =
          admitted(request, shown, route.map(Route::lane).orElse(Route.Lane.MANAGEMENT));
      if (route.isPresent()) {
        forward(route.get(), caller, request, response);
      } else {
        if (caller.isJob() && !MlflowPaths.isMlflow(path)) {
          throw noJobs();
        }
        request.setAttribute(BrowserSession.SHOWN, shown);
        chain.doFilter(new Admitted(request, caller.token()), response);
      }
    } catch (Problem problem) {
      refuse(problem, request, response);
    }
  }

  private Admission admitted(HttpServletRequest request, @Nullable String shown, Route.Lane lane) {
    try {
      Admission caller = admit.by(shown);
      limits.count(caller.tenant(), caller.limitedAs(), lane);
      admit.spend(shown, caller);
      return caller;
    } catch (CallerUnknown e) {
      limits.countFailedLogin(request.getRemoteAddr());
      throw new Problem(CommonError.UNAUTHENTICATED, String.valueOf(e.getMessage()));
    } catch (ApiKeys.StoreAway e) {
      throw away(e);
    } catch (SignedTokens.IssuerAway e) {
      throw away(e);
    }
  }

  static Problem away(ApiKeys.StoreAway store) {
    log.warn("the key store is away: {}", store.toString());
    return new Problem(CommonError.DATABASE_UNAVAILABLE, "The database is away; try again shortly.")
        .retryAfter(Duration.ofSeconds(5));
  }

  static Problem away(SignedTokens.IssuerAway issuer) {
    log.warn("the identity provider's keys cannot be had: {}", issuer.toString());
    return new Problem(
            CommonError.ENGINE_UNAVAILABLE, "The identity provider is away; try again shortly.")
        .with("engine", "identity-provider")
        .retryAfter(Duration.ofSeconds(5));
  }

  private void forward(
      Route route, Admission caller, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (caller.isJob()) {
      throw noJobs();
    }
    String query = request.getQueryString();
    String target = query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
    String requestId = MDC.get("request_id");
    services.forward(
        route.destination(),
        new Forwarder.Outgoing(
            target,
            Map.of(
                "Authorization",
                "Bearer " + caller.token(),
                "X-Request-Id",
                requestId == null ? UUID.randomUUID().toString() : requestId),
            services.maxBody(request),
            Optional.empty()),
        request,
        response);
  }

  private void refuse(Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      throw new IOException("refused too late: " + problem.detail(), problem);
    }
    if (problem.error() == CommonError.UNAUTHENTICATED) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"matih-ml\"");
    }
    if (MlflowPaths.isMlflow(request.getRequestURI())) {
      MlflowPaths.write(problem, response);
    } else {
      problems.write(problem, request, response);
    }
  }

  private static Problem noJobs() {
    return new Problem(
        ApiError.JOB_TOKEN_NOT_ACCEPTED, "A job's token opens only the MLflow-compatible door.");
  }

  /**
   * The request as the rest of this service sees it: with the internal token, without the caller's
   * own.
   */
  private static final class Admitted extends HttpServletRequestWrapper {
    private final String authorization;

    Admitted(HttpServletRequest request, String token) {
      super(request);
      this.authorization = "Bearer " + token;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase("Authorization") ? authorization : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return name.equalsIgnoreCase("Authorization")
          ? Collections.enumeration(List.of(authorization))
          : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      super.getHeaderNames().asIterator().forEachRemaining(names::add);
      names.add("Authorization");
      return Collections.enumeration(names);
    }
  }
}
