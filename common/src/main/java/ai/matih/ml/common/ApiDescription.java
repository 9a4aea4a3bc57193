package ai.matih.ml.common;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.tenant.Tenant;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;

/** How the services describe their API: wire names, the key, and the permission of each route. */
@AutoConfiguration(beforeName = "org.springdoc.core.configuration.SpringDocConfiguration")
public class ApiDescription {

  static {
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(Caller.class, PageRequest.class)
        .replaceWithSchema(Tenant.class, new StringSchema())
        // Any value at all.
        .replaceWithSchema(JsonNode.class, new Schema<>());
  }

  @Bean
  OpenAPI openApi(@Value("${spring.application.name:service}") String service) {
    return new OpenAPI()
        .info(new Info().title("MATIH ML: " + service).version("v1"))
        // Callers come through the door, which has all paths below one address.
        .servers(List.of(new Server().url("/").description("The platform's door")))
        .components(
            new Components()
                .schemas(DescribedAnswers.schemas())
                .addSecuritySchemes(
                    "key", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")))
        .addSecurityItem(new SecurityRequirement().addList("key"));
  }

  /** springdoc reads types by Jackson 2; the wire is Jackson 3 in snake_case. */
  @Bean
  ModelResolver wireNames(ObjectMapperProvider provider) {
    return new FilledFields(
        provider
            .jsonMapper()
            .copy()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
  }

  /** Last, when every other one has said what it knows. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  GlobalOpenApiCustomizer exactSchemas() {
    return new ExactSchemas();
  }

  /** Our enums are written in lower case; springdoc knows only the names of their constants. */
  @Bean
  GlobalOpenApiCustomizer wireEnums() {
    return api -> {
      api.getComponents().getSchemas().values().forEach(ApiDescription::lowerCaseEnums);
      api.getPaths().values().stream()
          .flatMap(path -> path.readOperations().stream())
          .filter(operation -> operation.getParameters() != null)
          .flatMap(operation -> operation.getParameters().stream())
          .forEach(parameter -> lowerCaseEnums(parameter.getSchema()));
    };
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // the swagger model's own types
  private static void lowerCaseEnums(@Nullable Schema schema) {
    if (schema == null) {
      return;
    }
    List<?> constants = schema.getEnum();
    if (constants != null) {
      schema.setEnum(
          constants.stream()
              .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
              .toList());
    }
    lowerCaseEnums(schema.getItems());
    if (schema.getAdditionalProperties() instanceof Schema values) {
      lowerCaseEnums(values);
    }
    Map<String, Schema> properties = schema.getProperties();
    if (properties != null) {
      properties.values().forEach(ApiDescription::lowerCaseEnums);
    }
  }

  /**
   * A value of any kind: springdoc writes an object, which no number is. And one name per call, so
   * that generated clients have one method for each.
   */
  @Bean
  GlobalOpenApiCustomizer valuesAndNames() {
    return api -> {
      api.getComponents().getSchemas().values().forEach(ApiDescription::anyValues);
      Map<String, Integer> taken = new HashMap<>();
      new TreeMap<>(api.getPaths())
          .values().stream()
              .flatMap(path -> path.readOperations().stream())
              .forEach(
                  operation -> {
                    int before = taken.merge(operation.getOperationId(), 1, Integer::sum);
                    if (before > 1) {
                      operation.setOperationId(operation.getOperationId() + before);
                    }
                  });
    };
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // the swagger model's own types
  private static void anyValues(@Nullable Schema schema) {
    if (schema == null) {
      return;
    }
    boolean object =
        "object".equals(schema.getType()) || Set.of("object").equals(schema.getTypes());
    if (object && schema.getProperties() == null && schema.getAdditionalProperties() == null) {
      schema.setType(null);
      schema.setTypes(null);
    }
    anyValues(schema.getItems());
    if (schema.getAdditionalProperties() instanceof Schema values) {
      anyValues(values);
    }
    Map<String, Schema> properties = schema.getProperties();
    if (properties != null) {
      properties.values().forEach(ApiDescription::anyValues);
    }
  }

  /** {@code modelList} of {@code ModelController.list}, in the group {@code model}. */
  private static void name(Operation operation, HandlerMethod handler) {
    String noun = handler.getBeanType().getSimpleName().replaceFirst("Controller$", "");
    String method = handler.getMethod().getName();
    operation.setOperationId(
        noun.substring(0, 1).toLowerCase(Locale.ROOT)
            + noun.substring(1)
            + method.substring(0, 1).toUpperCase(Locale.ROOT)
            + method.substring(1));
    String group = noun.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    List<String> tags = operation.getTags();
    if (tags == null || tags.contains(group + "-controller")) {
      operation.setTags(List.of(group));
    }
  }

  @Bean
  OperationCustomizer permissionsAndPages() {
    return (operation, handler) -> {
      name(operation, handler);
      DescribedAnswers.describe(operation, handler);
      if (handler.hasMethodAnnotation(Idempotent.class)) {
        describeKey(operation);
      }
      Allow allow = handler.getMethodAnnotation(Allow.class);
      if (allow != null) {
        operation.addExtension(
            "x-permission",
            Arrays.stream(allow.value())
                .map(Permission::toString)
                .collect(Collectors.joining(" or ")));
      }
      if (Arrays.stream(handler.getMethodParameters())
          .anyMatch(p -> p.getParameterType() == PageRequest.class)) {
        Schema<?> size =
            new IntegerSchema()
                .minimum(BigDecimal.ONE)
                .maximum(BigDecimal.valueOf(PageRequest.MAX_SIZE));
        size.setDefault(PageRequest.DEFAULT_SIZE);
        operation.addParametersItem(
            new Parameter()
                .in("query")
                .name("page_size")
                .description("how many items a page has at most")
                .schema(size));
        operation.addParametersItem(
            new Parameter()
                .in("query")
                .name("page_token")
                .description("next_page_token of the page before")
                .schema(new StringSchema()));
      }
      return operation;
    };
  }

  private static void describeKey(Operation operation) {
    if (operation.getParameters() != null) {
      operation.getParameters().removeIf(one -> "Idempotency-Key".equals(one.getName()));
    }
    operation.addParametersItem(
        new Parameter()
            .in("header")
            .name("Idempotency-Key")
            .description("the same key with the same request replays the first answer")
            .schema(new StringSchema()));
  }
}
