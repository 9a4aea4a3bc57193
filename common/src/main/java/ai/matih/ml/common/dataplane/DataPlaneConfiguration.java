package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.ApiDescription;
import ai.matih.ml.common.CommonConfiguration;
import ai.matih.ml.common.DescribedAnswers;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.problem.ProblemWriter;
import ai.matih.ml.common.web.LameDuck;
import ai.matih.ml.common.web.WebSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** A service that has an {@link Endpoint} gets the listener; the others need no Netty. */
// Before what makes the schemas of all calls exact, these among them.
@AutoConfiguration(after = CommonConfiguration.class, before = ApiDescription.class)
@ConditionalOnClass(name = "io.netty.handler.codec.http.HttpRequestDecoder")
@ConditionalOnBean(Endpoint.class)
@EnableConfigurationProperties(DataPlaneSettings.class)
public class DataPlaneConfiguration {

  /** With which any call of the data plane may be refused. */
  private static final List<Integer> REFUSALS =
      List.of(400, 401, 403, 404, 409, 413, 415, 429, 502, 503, 504);

  @Bean
  KeyCheck keyCheck(ServiceClients clients, Addresses addresses) {
    return new DoorKeyCheck(
        clients.createInternal(
            DoorKeyCheck.SERVICE,
            addresses.service(DoorKeyCheck.SERVICE),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(3))));
  }

  @Bean
  BodyMemory bodyMemory(DataPlaneSettings settings) {
    return new BodyMemory(settings.bodyMemory());
  }

  @Bean
  DataPlane dataPlane(
      DataPlaneSettings settings,
      BodyMemory memory,
      WebSettings web,
      List<Endpoint> endpoints,
      JwtDecoder tokens,
      KeyCheck keys,
      ProblemWriter problems,
      Audit audit,
      LameDuck lameDuck,
      MeterRegistry meters,
      Clock clock) {
    return new DataPlane(
        settings,
        Math.toIntExact(web.maxJson().toBytes()),
        memory,
        endpoints,
        new Callers(tokens, keys, settings.failedLogins(), clock),
        problems,
        (what, needed) -> audit.refused("access.refused", what, Map.of("needed", needed)),
        lameDuck::isGoing,
        meters,
        clock);
  }

  /** Begins last and ends first, together with the web server. */
  @Bean
  SmartLifecycle dataPlaneLife(DataPlane plane, @Value("${server.address:}") String address) {
    return new SmartLifecycle() {
      private volatile boolean running;

      @Override
      public void start() {
        plane.start(address);
        running = true;
      }

      @Override
      public void stop(Runnable done) {
        plane.stop(
            () -> {
              running = false;
              done.run();
            });
      }

      @Override
      public void stop() {
        stop(() -> {});
      }

      @Override
      public boolean isRunning() {
        return running;
      }

      @Override
      public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
      }
    };
  }

  @Bean
  MeterBinder dataPlaneMeters(DataPlane plane) {
    return meters -> {
      Gauge.builder("data.plane.connections", plane, DataPlane::connections)
          .description("Connections of the listener for hot paths")
          .register(meters);
      Gauge.builder("data.plane.working", plane, p -> p.workers().busy())
          .description("Requests that another thread than their connection's works on")
          .register(meters);
    };
  }

  /** No controller has these paths; they are described by hand. */
  @Bean
  OpenApiCustomizer dataPlaneDescription() {
    return api -> {
      OpenAPI own;
      try (InputStream description =
          new ClassPathResource("openapi/data-plane.json").getInputStream()) {
        own = Json31.mapper().readValue(description, OpenAPI.class);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      own.getPaths()
          .forEach(
              (path, item) -> {
                REFUSALS.forEach(status -> DescribedAnswers.mayRefuse(item.getPost(), status));
                api.getPaths().addPathItem(path, item);
              });
      own.getComponents().getSchemas().forEach(api.getComponents()::addSchemas);
    };
  }
}
