package ai.matih.ml.common;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.media.Schema;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says of fields that must hold something that they must; a size beside it makes swagger forget.
 */
final class FilledFields extends ModelResolver {

  /** Some character that is no space, and none that is NUL. */
  static final String FILLED = "^[^\\x00]*[^\\s\\x00-\\x20][^\\x00]*$";

  FilledFields(ObjectMapper mapper) {
    super(mapper);
  }

  @Override
  @SuppressWarnings("rawtypes") // the swagger model's own types
  protected boolean applyBeanValidatorAnnotations(
      Schema property,
      Annotation @Nullable [] annotations,
      @Nullable Schema parent,
      boolean applyNotNull) {
    boolean changed =
        super.applyBeanValidatorAnnotations(property, annotations, parent, applyNotNull);
    String pattern = property.getPattern();
    if (has(annotations, Pattern.class) && pattern != null && !pattern.startsWith("^")) {
      property.setPattern("^(?:" + pattern + ")$");
    }
    if (annotations != null && kind(property).equals("object")) {
      Arrays.stream(annotations)
          .filter(Size.class::isInstance)
          .map(Size.class::cast)
          .forEach(size -> property.setMaxProperties(size.max()));
    }
    if (has(annotations, NotBlank.class)) {
      property.setMinLength(1);
      if (property.getPattern() == null) {
        property.setPattern(FILLED);
      }
      return true;
    }
    if (has(annotations, NotEmpty.class)) {
      switch (kind(property)) {
        case "array" -> property.setMinItems(1);
        case "object" -> property.setMinProperties(1);
        default -> property.setMinLength(1);
      }
      return true;
    }
    return changed;
  }

  private static boolean has(
      Annotation @Nullable [] annotations, Class<? extends Annotation> wanted) {
    return annotations != null && Arrays.stream(annotations).anyMatch(wanted::isInstance);
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // the swagger model's own types
  static String kind(Schema schema) {
    if (schema.getType() != null) {
      return schema.getType();
    }
    java.util.Set<String> types = schema.getTypes();
    return types == null || types.size() != 1 ? "" : types.iterator().next();
  }
}
