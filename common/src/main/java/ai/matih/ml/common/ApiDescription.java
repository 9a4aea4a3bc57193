package ai.matih.ml.common;

import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.tenant.Tenant;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** How the services describe their API: wire names, the key, and the permission of each route. */
@AutoConfiguration(beforeName = "org.springdoc.core.configuration.SpringDocConfiguration")
public class ApiDescription {

  static {
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(Caller.class, PageRequest.class)
        .replaceWithSchema(Tenant.class, new StringSchema());
  }

  @Bean
  OpenAPI openApi(@Value("${spring.application.name:service}") String service) {
    return new OpenAPI()
        .info(new Info().title("MATIH ML: " + service).version("v1"))
        .components(
            new Components()
                .addSecuritySchemes(
                    "key", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")))
        .addSecurityItem(new SecurityRequirement().addList("key"));
  }

  /** springdoc reads types by Jackson 2; the wire is Jackson 3 in snake_case. */
  @Bean
  ModelResolver wireNames(ObjectMapperProvider provider) {
    return new ModelResolver(
        provider
            .jsonMapper()
            .copy()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
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

  @Bean
  OperationCustomizer permissionsAndPages() {
    return (operation, handler) -> {
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
        operation.addParametersItem(
            new Parameter()
                .in("query")
                .name("page_size")
                .schema(new IntegerSchema().minimum(java.math.BigDecimal.ONE)));
        operation.addParametersItem(
            new Parameter().in("query").name("page_token").schema(new StringSchema()));
      }
      return operation;
    };
  }
}
