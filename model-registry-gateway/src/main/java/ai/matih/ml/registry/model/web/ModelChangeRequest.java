package ai.matih.ml.registry.model.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.model.ChangeModel;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.Task;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to change about a model; what is absent stays. A whole answer can be sent back.
 *
 * @param name stays; another one is refused
 * @param task stays; another one is refused
 */
@JsonIgnoreProperties({"id", "owner", "created_at", "updated_at", "versions"})
record ModelChangeRequest(
    @Nullable String name,
    @Nullable Task task,
    @Size(max = 2000) @Nullable String description,
    @Size(max = 100) @Nullable String framework,
    @Size(max = 50)
        @Nullable Map<@Size(min = 1, max = 100) String, @NotNull @Size(max = 500) String> tags) {

  ChangeModel.Request toRequest(Model now) {
    if (name != null && !name.equals(now.name())) {
      throw Problem.invalid("name", "cannot be changed");
    }
    if (task != null && task != now.task()) {
      throw Problem.invalid("task", "cannot be changed");
    }
    return new ChangeModel.Request(
        Optional.ofNullable(description),
        Optional.ofNullable(framework),
        Optional.ofNullable(tags));
  }
}
