package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.model.ChangeModel;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What to change about a model; what is absent stays. */
record ModelChangeRequest(
    @Size(max = 2000) @Nullable String description,
    @Size(max = 100) @Nullable String framework,
    @Size(max = 50)
        @Nullable Map<@Size(min = 1, max = 100) String, @NotNull @Size(max = 500) String> tags) {

  ChangeModel.Request toRequest() {
    return new ChangeModel.Request(
        Optional.ofNullable(description),
        Optional.ofNullable(framework),
        Optional.ofNullable(tags));
  }
}
