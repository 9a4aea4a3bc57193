package ai.matih.ml.registry.emergency;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionOverrides;
import ai.matih.ml.registry.promotion.Condition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows overrides on the versions that they moved. */
public final class OverridesOfVersions implements VersionOverrides {

  private final Overrides overrides;

  public OverridesOfVersions(Overrides overrides) {
    this.overrides = overrides;
  }

  @Override
  public Map<VersionNumber, List<VersionOverride>> of(ModelId model) {
    return overrides.of(model).stream()
        .collect(
            Collectors.groupingBy(
                OverrideRecord::version,
                Collectors.mapping(OverridesOfVersions::summary, Collectors.toList())));
  }

  private static VersionOverride summary(OverrideRecord override) {
    return new VersionOverride(
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
