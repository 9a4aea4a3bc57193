package ai.matih.ml.common;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * What holds for every call of the suite: an object is an object, a request has no fields but those
 * described, no text holds the character NUL, which no database keeps, a part of a path has no
 * characters that would divide it, durations are of days and shorter units, and a revision is a
 * number in quotes.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the swagger model's own types
final class ExactSchemas implements GlobalOpenApiCustomizer {

  private static final String WITHOUT_NUL = "^[^\\x00]*$";
  private static final String PART_OF_PATH = "^[^\\x00-\\x1f\\x7f/\\\\;%]+$";
  private static final String SECONDS = "[0-9]{1,9}(\\.[0-9]{1,9})?S";
  private static final String TIME =
      "T([0-9]{1,9}H([0-9]{1,9}M)?(%1$s)?|[0-9]{1,9}M(%1$s)?|%1$s)".formatted(SECONDS);
  private static final String DURATION = "^P([0-9]{1,6}D(" + TIME + ")?|" + TIME + ")$";
  private static final String REVISION = "^\"[0-9]{1,18}\"$";
  private static final String REFERENCE = "#/components/schemas/";

  @Override
  public void customise(OpenAPI api) {
    Map<String, Schema> schemas = api.getComponents().getSchemas();
    schemas.values().forEach(ExactSchemas::named);
    Set<String> taken = new TreeSet<>();
    api.getPaths().values().stream()
        .flatMap(path -> path.readOperations().stream())
        .forEach(operation -> exact(operation, schemas, taken));
  }

  /** springdoc leaves out what kind of value a component is. */
  private static void named(Schema schema) {
    if (schema.getProperties() != null && schema.getTypes() == null) {
      schema.setTypes(Set.of("object"));
    }
  }

  private static void exact(Operation operation, Map<String, Schema> schemas, Set<String> taken) {
    if (operation.getParameters() != null) {
      for (Parameter parameter : operation.getParameters()) {
        if (parameter.getName().equalsIgnoreCase("If-Match")) {
          parameter.getSchema().setPattern(REVISION);
          parameter.getSchema().setMinLength(3);
          parameter.getSchema().setMaxLength(20);
        }
        if (parameter.getName().equalsIgnoreCase("Idempotency-Key")) {
          parameter.getSchema().setPattern("^[!-~]{1,255}$");
          parameter.getSchema().setMinLength(1);
          parameter.getSchema().setMaxLength(255);
        }
        if (parameter.getIn().equals("path") && isFree(parameter.getSchema())) {
          parameter.getSchema().setPattern(PART_OF_PATH);
        }
        exact(parameter.getSchema(), schemas, taken);
      }
    }
    if (operation.getRequestBody() != null) {
      for (MediaType form : operation.getRequestBody().getContent().values()) {
        exact(form.getSchema(), schemas, taken);
      }
    }
  }

  /** The format of a number is a hint to generators, and binds nobody. */
  private static void within(Schema schema, long least, long most) {
    if (schema.getMinimum() == null) {
      schema.setMinimum(BigDecimal.valueOf(least));
    }
    if (schema.getMaximum() == null) {
      schema.setMaximum(BigDecimal.valueOf(most));
    }
  }

  private static boolean isFree(Schema schema) {
    return FilledFields.kind(schema).equals("string")
        && schema.getPattern() == null
        && schema.getFormat() == null
        && schema.getEnum() == null;
  }

  private static void exact(
      @Nullable Schema schema, Map<String, Schema> schemas, Set<String> taken) {
    if (schema == null) {
      return;
    }
    if (schema.get$ref() != null) {
      String name = schema.get$ref().substring(REFERENCE.length());
      if (taken.add(name)) {
        exact(schemas.get(name), schemas, taken);
      }
      return;
    }
    if (isFree(schema)) {
      schema.setPattern(WITHOUT_NUL);
    }
    if ("duration".equals(schema.getFormat())) {
      // Years and months have no length of their own; a pattern beside the format would contradict.
      schema.setFormat(null);
      schema.setPattern(DURATION);
    }
    if ("int64".equals(schema.getFormat())) {
      within(schema, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if ("int32".equals(schema.getFormat())) {
      within(schema, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    exact(schema.getItems(), schemas, taken);
    Map<String, Schema> properties = schema.getProperties();
    if (schema.getAdditionalProperties() instanceof Schema values) {
      if (schema.getPropertyNames() == null) {
        schema.setPropertyNames(new Schema().pattern(WITHOUT_NUL));
      }
      exact(values, schemas, taken);
    } else if (properties != null && schema.getAdditionalProperties() == null) {
      schema.setAdditionalProperties(false);
    }
    if (properties != null) {
      properties.values().forEach(property -> exact(property, schemas, taken));
    }
  }
}
