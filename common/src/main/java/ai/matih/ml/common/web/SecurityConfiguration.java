package ai.matih.ml.common.web;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.PageRequestResolver;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import ai.matih.ml.common.security.Allow;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every service is a resource server: nobody comes in unnamed, and each route names its permission
 * ({@link RouteGuard}). A path that no route has is not found, for whoever came in.
 */
@AutoConfiguration(
    beforeName =
        "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration")
public class SecurityConfiguration {

  /** Open on every service: health for probes, metrics for the scraper, the API's description. */
  private static String[] openPaths() {
    return new String[] {
      "/actuator/health/**",
      "/actuator/info",
      "/actuator/prometheus",
      "/livez",
      "/readyz",
      "/v3/api-docs/**"
    };
  }

  /** Each filter observed by itself would cost a read more than all of them do. */
  @Bean
  SecurityObservationSettings requestsAreObservedAsAWhole() {
    return SecurityObservationSettings.noObservations();
  }

  /** Answers failed authentication as a problem. */
  @Bean
  AuthenticationEntryPoint unauthenticated(ProblemWriter problems) {
    return (request, response, _) -> {
      response.setHeader("WWW-Authenticate", "Bearer");
      problems.write(
          new Problem(
              CommonError.UNAUTHENTICATED,
              "Send 'Authorization: Bearer <key>' with a valid API key or token."),
          request,
          response);
    };
  }

  @Bean
  @ConditionalOnMissingBean
  SecurityFilterChain securityFilterChain(
      HttpSecurity http, AuthenticationEntryPoint unauthenticated, ProblemWriter problems) {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(openPaths())
                    .permitAll()
                    .requestMatchers("/error")
                    .permitAll()
                    .requestMatchers("/actuator/**")
                    .denyAll()
                    .anyRequest()
                    .authenticated())
        .oauth2ResourceServer(
            server -> server.jwt(_ -> {}).authenticationEntryPoint(unauthenticated))
        .exceptionHandling(
            handling ->
                handling
                    .authenticationEntryPoint(unauthenticated)
                    .accessDeniedHandler(
                        (request, response, _) ->
                            problems.write(
                                new Problem(
                                    CommonError.FORBIDDEN,
                                    "The caller's role does not allow this."),
                                request,
                                response)))
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // Tokens come in a header that no browser adds by itself.
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .addFilterAfter(new TenantFilter(), BearerTokenAuthenticationFilter.class)
        .build();
  }

  @Bean
  WebMvcConfigurer webRules(ObjectProvider<Audit> audit) {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RouteGuard(audit));
      }

      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerResolver());
        resolvers.add(new PageRequestResolver());
      }

      @Override
      public void addFormatters(FormatterRegistry formatters) {
        formatters.addConverterFactory(new WireEnums());
      }
    };
  }

  /** Stops the start when a route forgot its permission or cannot be replayed. */
  @Bean
  SmartInitializingSingleton routeCheck(List<RequestMappingHandlerMapping> mappings) {
    return () -> {
      List<String> faults = new ArrayList<>();
      for (RequestMappingHandlerMapping mapping : mappings) {
        mapping
            .getHandlerMethods()
            .forEach(
                (route, handler) -> {
                  if (RouteGuard.isOurs(handler)) {
                    faults.addAll(faults(route.toString(), handler));
                  }
                });
      }
      if (!faults.isEmpty()) {
        throw new IllegalStateException(String.join("; ", faults));
      }
    };
  }

  private static List<String> faults(String route, HandlerMethod handler) {
    Method method = handler.getMethod();
    List<String> faults = new ArrayList<>();
    if (!handler.hasMethodAnnotation(Allow.class)) {
      faults.add(route + " names no permission (@Allow)");
    }
    if (handler.hasMethodAnnotation(Idempotent.class)
        && method.getReturnType() != ResponseEntity.class) {
      faults.add(route + " is @Idempotent but returns no ResponseEntity");
    }
    return faults;
  }
}
