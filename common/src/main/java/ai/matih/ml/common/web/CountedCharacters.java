package ai.matih.ml.common.web;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.cfg.ConstraintMapping;
import org.jspecify.annotations.Nullable;

/**
 * {@code @Size} of a text counts its characters, as JSON schemas and databases do. The framework
 * would count UTF-16 units, of which an emoji has two.
 */
public final class CountedCharacters implements ConstraintValidator<Size, String> {

  private int min;
  private int max;

  /** Applies to every {@code @Size} of a text. */
  public static void use(HibernateValidatorConfiguration configuration) {
    ConstraintMapping mapping = configuration.createConstraintMapping();
    mapping
        .constraintDefinition(Size.class)
        .includeExistingValidators(true)
        .validatedBy(CountedCharacters.class);
    configuration.addMapping(mapping);
  }

  @Override
  public void initialize(Size size) {
    min = size.min();
    max = size.max();
  }

  @Override
  public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
    if (text == null) {
      return true;
    }
    int characters = text.codePointCount(0, text.length());
    return characters >= min && characters <= max;
  }
}
