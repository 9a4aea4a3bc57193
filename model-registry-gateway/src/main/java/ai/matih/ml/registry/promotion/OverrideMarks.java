package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionMarks;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows overrides on the versions that they moved. */
final class OverrideMarks implements VersionMarks {

  private final Overrides overrides;

  OverrideMarks(Overrides overrides) {
    this.overrides = overrides;
  }

  @Override
  public Map<VersionNumber, List<Mark>> of(ModelId model) {
    return overrides.of(model).stream()
        .collect(
            Collectors.groupingBy(
                GateOverride::version,
                Collectors.mapping(OverrideMarks::mark, Collectors.toList())));
  }

  private static Mark mark(GateOverride override) {
    return new Mark(
        override.id(),
        override.transition(),
        override.to(),
        override.by(),
        override.reason(),
        override.skipped().stream().map(Condition::type).toList(),
        override.state().name().toLowerCase(Locale.ROOT),
        override.at());
  }
}
