package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.model.CreateModel;
import ai.matih.ml.registry.model.Policy;
import ai.matih.ml.registry.model.Task;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model to make. */
record NewModelRequest(
    @NotBlank @Size(max = 100) String name,
    @Size(max = 2000) @Nullable String description,
    @NotNull Task task,
    @Size(max = 100) @Nullable String framework,
    @Size(max = 50)
        @Nullable Map<@Size(min = 1, max = 100) String, @NotNull @Size(max = 500) String> tags,
    @Nullable Policy policy) {

  CreateModel.Request toRequest() {
    return new CreateModel.Request(
        name.strip(),
        Optional.ofNullable(description),
        task,
        Optional.ofNullable(framework),
        Objects.requireNonNullElse(tags, Map.of()),
        Objects.requireNonNullElse(policy, Policy.UNDECLARED));
  }
}
