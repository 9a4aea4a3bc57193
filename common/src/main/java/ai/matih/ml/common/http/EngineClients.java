package ai.matih.ml.common.http;

import ai.matih.ml.common.trace.Trace;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.MDC;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the HTTP clients through which a service talks to engines and to other services.
 *
 * <p>Each client has timeouts, a bulkhead and a circuit breaker of its engine, passes the request
 * id and the trace on, and turns everything but an answer into one of the {@link EngineFailure}s.
 * It never retries: only the caller knows whether a repeat is safe.
 */
public final class EngineClients {

  private static final int BODY_KEPT = 16 * 1024;

  /**
   * Engines add fields when they like; their answers are read leniently, unlike our callers'
   * requests.
   */
  public static final JsonMapper LENIENT_JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .changeDefaultPropertyInclusion(
              v ->
                  v.withValueInclusion(
                      com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
          .build();

  private final RestClient.Builder builder;
  private final MeterRegistry meters;
  private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();

  public EngineClients(RestClient.Builder builder, MeterRegistry meters) {
    this.builder = builder;
    this.meters = meters;
  }

  /**
   * A client for one engine. {@code engine} is the name that operators read in problems and
   * metrics.
   */
  public RestClient create(String engine, String baseUrl, EngineSettings settings) {
    HttpClient http =
        HttpClient.newBuilder()
            .connectTimeout(settings.connectTimeout())
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(http);
    requests.setReadTimeout(settings.readTimeout());
    Guard guard =
        new Guard(engine, breaker(engine), bulkhead(engine, settings.maxConcurrentCalls()));
    return builder
        .clone()
        .baseUrl(baseUrl)
        .requestFactory(requests)
        .requestInterceptor(guard::call)
        .defaultStatusHandler(
            HttpStatusCode::isError, (request, response) -> guard.fail(request, response))
        .configureMessageConverters(
            converters ->
                converters.withJsonConverter(new JacksonJsonHttpMessageConverter(LENIENT_JSON)))
        .build();
  }

  /**
   * The same breaker and bulkhead for an engine that does not speak HTTP. Timeouts are its
   * client's.
   */
  public EngineGuard guard(String engine, int maxConcurrentCalls) {
    return new EngineGuard(engine, breaker(engine), bulkhead(engine, maxConcurrentCalls));
  }

  /**
   * The same for one of many parts of an engine, such as one model in it, which come and go: no
   * metric tells of it, since that would outlive the part and warn of it for ever.
   */
  public static EngineGuard guardOfPart(String part, int maxConcurrentCalls) {
    return new EngineGuard(part, newBreaker(part), bulkhead(part, maxConcurrentCalls));
  }

  /** Implements an interface of {@code @HttpExchange} methods on a client. */
  public static <T> T typed(Class<T> type, RestClient client) {
    return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
        .build()
        .createClient(type);
  }

  private CircuitBreaker breaker(String engine) {
    return breakers.computeIfAbsent(
        engine,
        name -> {
          CircuitBreaker breaker = newBreaker(name);
          Gauge.builder(
                  "matih.engine.reachable",
                  breaker,
                  b -> b.getState() == CircuitBreaker.State.OPEN ? 0 : 1)
              .tag("engine", name)
              .register(meters);
          return breaker;
        });
  }

  private static CircuitBreaker newBreaker(String name) {
    return CircuitBreaker.of(
        name,
        CircuitBreakerConfig.custom()
            .slidingWindowSize(20)
            .minimumNumberOfCalls(10)
            .failureRateThreshold(60)
            .waitDurationInOpenState(Duration.ofSeconds(2))
            .permittedNumberOfCallsInHalfOpenState(2)
            .build());
  }

  private static Bulkhead bulkhead(String engine, int maxConcurrentCalls) {
    return Bulkhead.of(
        engine,
        BulkheadConfig.custom()
            .maxConcurrentCalls(maxConcurrentCalls)
            .maxWaitDuration(Duration.ZERO)
            .build());
  }

  private record Guard(String engine, CircuitBreaker breaker, Bulkhead bulkhead) {

    ClientHttpResponse call(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
        throws IOException {
      String requestId = MDC.get("request_id");
      if (requestId != null) {
        request.getHeaders().set("X-Request-Id", requestId);
      }
      Trace.current().orElseGet(Trace::begin).writeTo(request.getHeaders()::set);
      EngineGuard.enter(engine, breaker, bulkhead);
      long started = System.nanoTime();
      try {
        ClientHttpResponse response = execution.execute(request, body);
        if (response.getStatusCode().is5xxServerError()) {
          breaker.onError(
              System.nanoTime() - started,
              TimeUnit.NANOSECONDS,
              new IOException("status " + response.getStatusCode()));
        } else {
          breaker.onSuccess(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        }
        return response;
      } catch (IOException e) {
        breaker.onError(System.nanoTime() - started, TimeUnit.NANOSECONDS, e);
        throw failure(request.getMethod(), e);
      } catch (RuntimeException e) {
        breaker.onError(System.nanoTime() - started, TimeUnit.NANOSECONDS, e);
        throw e;
      } finally {
        bulkhead.onComplete();
      }
    }

    private EngineFailure failure(HttpMethod method, IOException e) {
      boolean neverSent =
          e instanceof ConnectException
              || e instanceof HttpConnectTimeoutException
              || e instanceof UnknownHostException
              || e.getCause() instanceof UnresolvedAddressException;
      boolean readOnly = HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
      return neverSent || readOnly
          ? new EngineFailure.Unavailable(engine, e)
          : new EngineFailure.OutcomeUnknown(engine, e);
    }

    void fail(HttpRequest request, ClientHttpResponse response) throws IOException {
      int status = response.getStatusCode().value();
      String body = new String(response.getBody().readNBytes(BODY_KEPT), StandardCharsets.UTF_8);
      if (status == 429 || status == 503) {
        throw new EngineFailure.Unavailable(
            engine, status, body, retryAfter(response.getHeaders()));
      }
      if (status == 504) {
        throw HttpMethod.GET.equals(request.getMethod())
            ? new EngineFailure.Unavailable(engine, "answered 504", Optional.empty())
            : new EngineFailure.OutcomeUnknown(engine, "answered 504");
      }
      throw status < 500
          ? new EngineFailure.Refused(engine, status, body)
          : new EngineFailure.Misbehaved(engine, status, body);
    }

    private static Optional<Duration> retryAfter(HttpHeaders headers) {
      String value = headers.getFirst(HttpHeaders.RETRY_AFTER);
      return value != null && value.matches("\\d{1,6}")
          ? Optional.of(Duration.ofSeconds(Long.parseLong(value)))
          : Optional.empty();
    }
  }
}
