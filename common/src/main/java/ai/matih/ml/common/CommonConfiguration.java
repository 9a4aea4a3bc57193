package ai.matih.ml.common;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.audit.AuditListener;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.common.idempotency.IdempotencyAspect;
import ai.matih.ml.common.idempotency.IdempotencyKeys;
import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.problem.AllViolations;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.JsonBodies;
import ai.matih.ml.common.problem.KeptBody;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemAdvice;
import ai.matih.ml.common.problem.ProblemWriter;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.StorageSettings;
import ai.matih.ml.common.tenant.CurrentTenantOfHibernate;
import ai.matih.ml.common.tenant.RowSecurity;
import ai.matih.ml.common.transaction.SpringTransactions;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.common.web.CountedCharacters;
import ai.matih.ml.common.web.FiniteNumbers;
import ai.matih.ml.common.web.JsonBodyLimitFilter;
import ai.matih.ml.common.web.LameDuck;
import ai.matih.ml.common.web.PlainQueryFilter;
import ai.matih.ml.common.web.PlainText;
import ai.matih.ml.common.web.ProblemReportValve;
import ai.matih.ml.common.web.RequestIdFilter;
import ai.matih.ml.common.web.WebSettings;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.validation.Validator;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.apache.catalina.core.StandardHost;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureBefore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.validation.autoconfigure.ValidationConfigurationCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.client.RestClient;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Beans that every service has. */
@AutoConfiguration
@AutoConfigureBefore(
    name = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@EnableScheduling
@EnableConfigurationProperties({WebSettings.class, Addresses.class})
public class CommonConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** The wire rules: snake_case, no nulls, nothing unknown, nothing coerced. */
  @Bean
  JsonMapperBuilderCustomizer wireRules() {
    return json ->
        json.addModule(PlainText.module())
            .addModule(FiniteNumbers.module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(
                v -> v.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            // A number or a truth value is not a text; it would pass as one otherwise.
            .withCoercionConfig(
                LogicalType.Textual,
                text ->
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
  }

  @Bean
  ValidationConfigurationCustomizer countedCharacters() {
    return configuration -> {
      if (configuration instanceof HibernateValidatorConfiguration hibernate) {
        CountedCharacters.use(hibernate);
      }
    };
  }

  @Bean
  ProblemWriter problemWriter(JsonMapper json) {
    return new ProblemWriter(json);
  }

  @Bean
  KeptBody keptBody() {
    return new KeptBody();
  }

  @Bean
  AllViolations allViolations(JsonMapper json, Validator validator) {
    return new AllViolations(json, validator);
  }

  @Bean
  JsonBodies jsonBodies(JsonMapper json, Validator validator, AllViolations violations) {
    return new JsonBodies(json, validator, violations);
  }

  @Bean
  ProblemAdvice problemAdvice(ProblemWriter writer, AllViolations violations) {
    return new ProblemAdvice(writer, violations);
  }

  @Bean
  LameDuck lameDuck(ApplicationContext service, WebSettings settings) {
    return new LameDuck(service, settings.lameDuck());
  }

  @Bean
  FilterRegistrationBean<RequestIdFilter> requestIdFilter() {
    FilterRegistrationBean<RequestIdFilter> filter =
        new FilterRegistrationBean<>(new RequestIdFilter());
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return filter;
  }

  @Bean
  FilterRegistrationBean<JsonBodyLimitFilter> jsonBodyLimitFilter(
      WebSettings settings, ProblemWriter problems) {
    FilterRegistrationBean<JsonBodyLimitFilter> filter =
        new FilterRegistrationBean<>(
            new JsonBodyLimitFilter(settings.maxJson().toBytes(), problems));
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return filter;
  }

  @Bean
  FilterRegistrationBean<PlainQueryFilter> plainQueryFilter(ProblemWriter problems) {
    FilterRegistrationBean<PlainQueryFilter> filter =
        new FilterRegistrationBean<>(new PlainQueryFilter(problems));
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return filter;
  }

  /** Paths that try to leave their folder and the like. */
  @Bean
  RequestRejectedHandler rejectedRequests(ProblemWriter problems) {
    return (request, response, _) ->
        problems.write(
            new Problem(CommonError.MALFORMED_REQUEST, "The request cannot be read."),
            request,
            response);
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsOfTheServer() {
    return factory ->
        factory.addContextCustomizers(
            context -> {
              if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(ProblemReportValve.class.getName());
              }
            });
  }

  @Bean
  Transactions transactions(PlatformTransactionManager manager) {
    return new SpringTransactions(manager);
  }

  @Bean
  RowSecurity rowSecurity(DataSource database) {
    return new RowSecurity(database);
  }

  @Bean
  HibernatePropertiesCustomizer tenantOfHibernate() {
    return properties ->
        properties.put(
            MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new CurrentTenantOfHibernate());
  }

  @Bean
  Audit audit(
      JdbcClient sql,
      JsonMapper json,
      PlatformTransactionManager transactions,
      ObjectProvider<AuditListener> listeners) {
    return new Audit(sql, json, transactions, () -> listeners.orderedStream().toList());
  }

  @Bean
  IdempotencyKeys idempotencyKeys(JdbcClient sql, JsonMapper json) {
    return new IdempotencyKeys(sql, json);
  }

  @Bean
  IdempotencyAspect idempotencyAspect(
      IdempotencyKeys keys, JsonMapper json, PlatformTransactionManager transactions) {
    return new IdempotencyAspect(keys, json, transactions);
  }

  @Bean
  Signals signals(JdbcClient sql, DataSourceProperties database) {
    return new Signals(
        sql,
        new DriverManagerDataSource(
            database.determineUrl(),
            Objects.requireNonNullElse(database.determineUsername(), ""),
            Objects.requireNonNullElse(database.determinePassword(), "")));
  }

  @Bean
  Reconcilers reconcilers(JdbcClient sql, Transactions transactions, Signals signals) {
    return new Reconcilers(sql, transactions, signals);
  }

  @Bean
  Outbox outbox(
      JdbcClient sql,
      JsonMapper json,
      Signals signals,
      List<OutboxHandler> handlers,
      Transactions transactions,
      Reconcilers reconcilers) {
    return new Outbox(sql, json, signals, handlers, transactions, reconcilers);
  }

  @Bean
  EngineClients engineClients(RestClient.Builder builder, MeterRegistry meters) {
    return new EngineClients(builder, meters);
  }

  @Bean
  ServiceClients serviceClients(EngineClients engines, ServiceTokens tokens) {
    return new ServiceClients(engines, tokens);
  }

  /** Services without artifacts of their own do not configure a store. */
  @AutoConfiguration
  @ConditionalOnProperty("matih.storage.endpoint")
  @EnableConfigurationProperties(StorageSettings.class)
  public static class StorageConfiguration {

    @Bean
    ObjectStore objectStore(StorageSettings settings) {
      return new ObjectStore(settings);
    }
  }
}
