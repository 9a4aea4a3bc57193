package ai.matih.ml.registry.model.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.ModelId;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/** Reads the id of a model from a path; what cannot be an id is not there either. */
@Component
class ModelIdInPath implements Converter<String, ModelId> {

  @Override
  public ModelId convert(String text) {
    try {
      return new ModelId(text);
    } catch (IllegalArgumentException e) {
      throw new Problem(RegistryError.MODEL_NOT_FOUND, "There is no model of this id.");
    }
  }
}
