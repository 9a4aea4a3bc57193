package ai.matih.ml.common;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * What the parameters in paths and queries of a service may be, where their types do not say it; a
 * service has one bean of it. The pattern is the one that the code checks.
 */
public final class ParameterForms implements GlobalOpenApiCustomizer {

  /** A model's id, in the registry and in the router. */
  public static final String MODEL_ID = "[a-z0-9]+(-[a-z0-9]+)*";

  private record Form(String below, String name, Consumer<Schema<?>> say) {}

  private record Refusal(String below, int status) {}

  private final List<Form> forms;
  private final List<Refusal> refusals;

  private ParameterForms(List<Form> forms, List<Refusal> refusals) {
    this.forms = List.copyOf(forms);
    this.refusals = List.copyOf(refusals);
  }

  /** No forms at all. */
  public static ParameterForms none() {
    return new ParameterForms(List.of(), List.of());
  }

  /**
   * The same, and a text of this form.
   *
   * @param below the paths that begin so
   * @param pattern of the whole text
   * @param longest in characters
   */
  public ParameterForms text(String below, String name, String pattern, int longest) {
    return with(
        below,
        name,
        schema -> {
          schema.setPattern("^" + pattern + "$");
          schema.setMaxLength(longest);
        });
  }

  /** The same, and one of these words. */
  @SuppressWarnings("unchecked") // the swagger model's own types
  public ParameterForms oneOf(String below, String name, List<String> words) {
    return with(below, name, schema -> ((Schema<Object>) schema).setEnum(List.copyOf(words)));
  }

  /** The same, and a whole number of this range. */
  public ParameterForms number(String below, String name, long least, long most) {
    return with(
        below,
        name,
        schema -> {
          schema.setMinimum(BigDecimal.valueOf(least));
          schema.setMaximum(BigDecimal.valueOf(most));
        });
  }

  /** The same, and a status that calls below a path may be refused with, too. */
  public ParameterForms mayRefuse(String below, int status) {
    List<Refusal> more = new ArrayList<>(refusals);
    more.add(new Refusal(below, status));
    return new ParameterForms(forms, more);
  }

  private ParameterForms with(String below, String name, Consumer<Schema<?>> say) {
    List<Form> more = new ArrayList<>(forms);
    more.add(new Form(below, name, say));
    return new ParameterForms(more, refusals);
  }

  @Override
  public void customise(OpenAPI api) {
    api.getPaths().forEach(this::describe);
  }

  private void describe(String path, PathItem item) {
    for (Operation operation : item.readOperations()) {
      refusals.stream()
          .filter(refusal -> path.startsWith(refusal.below()))
          .forEach(refusal -> DescribedAnswers.mayRefuse(operation, refusal.status()));
      if (operation.getParameters() != null) {
        operation
            .getParameters()
            .forEach(
                parameter ->
                    forms.stream()
                        .filter(form -> path.startsWith(form.below()))
                        .filter(form -> form.name().equals(parameter.getName()))
                        .forEach(form -> form.say().accept(parameter.getSchema())));
      }
    }
  }
}
