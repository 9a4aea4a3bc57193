package ai.matih.ml.api.door;

import ai.matih.ml.api.access.Admit;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.problem.ProblemWriter;
import javax.sql.DataSource;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.web.firewall.HttpFirewall;

@Configuration(proxyBeanMethods = false)
class DoorConfiguration {

  /** After the request id, before Spring Security. */
  private static final int ORDER = -1000;

  @Bean
  Forwarder forwarder(DoorSettings settings) {
    return new Forwarder(settings.answerTimeout(), settings.silenceTimeout());
  }

  @Bean
  Services services(Addresses addresses, DoorSettings settings, Forwarder forwarder) {
    return new Services(addresses, settings, forwarder);
  }

  @Bean
  FilterRegistrationBean<ArtifactTypeFilter> artifactTypeFilter() {
    FilterRegistrationBean<ArtifactTypeFilter> registration =
        new FilterRegistrationBean<>(new ArtifactTypeFilter());
    // Before the limit on JSON bodies.
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<OpenPages> openPages(
      DoorSettings settings,
      Addresses addresses,
      Services services,
      Forwarder forwarder,
      DataSource database,
      ProblemWriter problems) {
    FilterRegistrationBean<OpenPages> registration =
        new FilterRegistrationBean<>(
            new OpenPages(
                new DocsPage(services, forwarder),
                new HealthPage(addresses, settings.engines(), database),
                problems));
    registration.addUrlPatterns("/docs", "/docs/*", "/health");
    registration.setOrder(ORDER - 1);
    return registration;
  }

  @Bean
  FilterRegistrationBean<DoorFilter> doorFilter(
      Admit admit, DoorSettings settings, Services services, ProblemWriter problems) {
    FilterRegistrationBean<DoorFilter> registration =
        new FilterRegistrationBean<>(
            new DoorFilter(
                admit, new RateLimits(settings.limits(), System::nanoTime), services, problems));
    registration.setOrder(ORDER);
    return registration;
  }

  @Bean
  HttpFirewall doorFirewall() {
    return new DoorFirewall();
  }

  /** Separators in a file's name reach {@link RequestPath} as they were sent. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> pathsAsSent() {
    return factory ->
        factory.addConnectorCustomizers(
            connector -> {
              connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
              connector.setEncodedReverseSolidusHandling(
                  EncodedSolidusHandling.PASS_THROUGH.getValue());
              connector.setProperty("relaxedPathChars", "[]");
            });
  }
}
