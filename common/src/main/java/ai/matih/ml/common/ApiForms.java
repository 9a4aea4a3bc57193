package ai.matih.ml.common;

import io.swagger.v3.core.util.AnnotationsUtils;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * What the parameters in paths and queries of a service and the fields of its requests may be,
 * where their types do not say it; a service has one bean of it. The pattern is the one that the
 * code checks.
 */
public final class ApiForms implements GlobalOpenApiCustomizer {

  /** A model's id, in the registry and in the router. */
  public static final String MODEL_ID = "[a-z0-9]+(-[a-z0-9]+)*";

  /** A column of a table: text without control characters, and not only spaces. */
  public static final String COLUMN =
      "[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x20\\x7f-\\xa0][^\\x00-\\x1f\\x7f-\\x9f]*";

  private record Form(String below, String name, Consumer<Schema<?>> say) {}

  private record Field(String schema, String name, Consumer<Schema<?>> say) {}

  private record Refusal(String below, int status) {}

  private final List<Form> forms;
  private final List<Field> fields;
  private final List<Refusal> refusals;

  private ApiForms(List<Form> forms, List<Field> fields, List<Refusal> refusals) {
    this.forms = List.copyOf(forms);
    this.fields = List.copyOf(fields);
    this.refusals = List.copyOf(refusals);
  }

  /** No forms at all. */
  public static ApiForms none() {
    return new ApiForms(List.of(), List.of(), List.of());
  }

  /**
   * The same, and a text of this form.
   *
   * @param below the paths that begin so
   * @param pattern of the whole text
   * @param longest in characters
   */
  public ApiForms text(String below, String name, String pattern, int longest) {
    return with(
        below,
        name,
        schema ->
            form(pattern, longest).accept(schema.getItems() == null ? schema : schema.getItems()));
  }

  /** The same, and one of these words. */
  public ApiForms oneOf(String below, String name, List<String> words) {
    return with(below, name, words(words));
  }

  /** The same, and a whole number of this range. */
  public ApiForms number(String below, String name, long least, long most) {
    return with(below, name, range(least, most));
  }

  /**
   * The same, and a field of a body, or each item of one that is a list, is a text of this form.
   */
  public ApiForms field(String schema, String name, String pattern, int longest) {
    return withField(schema, name, form(pattern, longest));
  }

  /** The same, and a field of a body, or each item of one that is a list, is one of these words. */
  public ApiForms field(String schema, String name, List<String> words) {
    return withField(schema, name, words(words));
  }

  /** The same, and a field of a body, or each item of one that is a list, is in this range. */
  public ApiForms field(String schema, String name, long least, long most) {
    return withField(schema, name, range(least, most));
  }

  /** The same, and a number of a body is in this range. */
  public ApiForms field(String schema, String name, String least, String most) {
    return withField(
        schema,
        name,
        field -> {
          field.setMinimum(new BigDecimal(least));
          field.setMaximum(new BigDecimal(most));
        });
  }

  /** The same, and a number of a body is not negative. */
  public ApiForms notNegative(String schema, String name) {
    return withField(schema, name, field -> field.setMinimum(BigDecimal.ZERO));
  }

  /** The same, and a number of a body is above 0 and below 1. */
  public ApiForms fraction(String schema, String name) {
    return withField(
        schema,
        name,
        field -> {
          field.setExclusiveMinimumValue(BigDecimal.ZERO);
          field.setExclusiveMaximumValue(BigDecimal.ONE);
        });
  }

  /** The same, and a field of a body is a duration as ISO-8601 writes it. */
  public ApiForms duration(String schema, String name) {
    return withField(schema, name, field -> field.setFormat("duration"));
  }

  /** The same, and a list or map in a body has so many entries. */
  public ApiForms entries(String schema, String name, int least, int most) {
    return withFieldItself(
        schema,
        name,
        field -> {
          if (FilledFields.kind(field).equals("array")) {
            field.setMinItems(least);
            field.setMaxItems(most);
          } else {
            field.setMinProperties(least);
            field.setMaxProperties(most);
          }
        });
  }

  /**
   * The same, and the keys of a map in a body are texts of this form, its texts as long at most.
   */
  public ApiForms map(String schema, String name, String pattern, int longest, int values) {
    return withFieldItself(
        schema,
        name,
        field -> {
          Schema<?> key = new Schema<>();
          form(pattern, longest).accept(key);
          field.setPropertyNames(key);
          if (field.getAdditionalProperties() instanceof Schema<?> value) {
            value.setMaxLength(values);
          }
        });
  }

  /** The same, and these fields of a body are needed. */
  public ApiForms needs(String schema, String... names) {
    return withFieldItself(schema, "", body -> List.of(names).forEach(body::addRequiredItem));
  }

  /** The same, and a moment as ISO-8601 writes it. */
  public ApiForms moment(String below, String name) {
    return with(below, name, schema -> schema.setFormat("date-time"));
  }

  /** The same, and a status that calls below a path may be refused with, too. */
  public ApiForms mayRefuse(String below, int status) {
    List<Refusal> more = new ArrayList<>(refusals);
    more.add(new Refusal(below, status));
    return new ApiForms(forms, fields, more);
  }

  private ApiForms with(String below, String name, Consumer<Schema<?>> say) {
    List<Form> more = new ArrayList<>(forms);
    more.add(new Form(below, name, say));
    return new ApiForms(more, fields, refusals);
  }

  private ApiForms withField(String schema, String name, Consumer<Schema<?>> say) {
    return withFieldItself(
        schema,
        name,
        field -> {
          Schema<?> items = field.getItems();
          say.accept(items == null ? field : items);
        });
  }

  private ApiForms withFieldItself(String schema, String name, Consumer<Schema<?>> say) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(schema, name, say));
    return new ApiForms(forms, more, refusals);
  }

  private static Consumer<Schema<?>> form(String pattern, int longest) {
    return schema -> {
      schema.setPattern("^" + pattern + "$");
      schema.setMaxLength(longest);
    };
  }

  @SuppressWarnings("unchecked") // the swagger model's own types
  private static Consumer<Schema<?>> words(List<String> words) {
    return schema -> ((Schema<Object>) schema).setEnum(List.copyOf(words));
  }

  private static Consumer<Schema<?>> range(long least, long most) {
    return schema -> {
      schema.setMinimum(BigDecimal.valueOf(least));
      schema.setMaximum(BigDecimal.valueOf(most));
    };
  }

  @Override
  public void customise(OpenAPI api) {
    api.getPaths().forEach(this::describe);
    fields.forEach(field -> describe(field, api.getComponents().getSchemas()));
  }

  /** A field that is not there was renamed: its form must not be lost without a word. */
  @SuppressWarnings({"rawtypes", "unchecked"}) // the swagger model's own types
  private static void describe(Field field, Map<String, Schema> schemas) {
    Schema<?> body = schemas.get(field.schema());
    Schema<?> described =
        body == null || field.name().isEmpty() ? body : body.getProperties().get(field.name());
    if (described == null) {
      throw new IllegalStateException(
          "No field %s of a body %s to describe".formatted(field.name(), field.schema()));
    }
    field.say().accept(described);
  }

  private void describe(String path, PathItem item) {
    for (Operation operation : item.readOperations()) {
      refusals.stream()
          .filter(refusal -> path.startsWith(refusal.below()))
          .forEach(refusal -> DescribedAnswers.mayRefuse(operation, refusal.status()));
      if (operation.getParameters() != null) {
        operation.getParameters().forEach(parameter -> describe(path, parameter));
      }
    }
  }

  private void describe(String path, Parameter parameter) {
    List<Form> said =
        forms.stream()
            .filter(form -> path.startsWith(form.below()))
            .filter(form -> form.name().equals(parameter.getName()))
            .toList();
    if (!said.isEmpty()) {
      // Parameters of one type share a schema, and what is said of one is not true of the others.
      Schema<?> own = AnnotationsUtils.clone(parameter.getSchema(), true);
      said.forEach(form -> form.say().accept(own));
      parameter.setSchema(own);
    }
  }
}
