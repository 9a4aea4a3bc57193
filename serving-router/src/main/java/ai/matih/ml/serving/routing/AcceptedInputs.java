package ai.matih.ml.serving.routing;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.deployment.InputRules;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a version makes of the names in a request, beside the other versions of its model that get
 * traffic: callers do not know which of them will answer.
 *
 * @param hasOthers whether another version gets traffic
 * @param ignored inputs and join keys that only others know; no error here
 * @param required inputs that not all others know and that have no default: leaving one out is an
 *     error, not a null
 */
public record AcceptedInputs(
    InputRules rules, boolean hasOthers, Set<String> ignored, Set<String> required) {

  /** Of a version that is alone. */
  public static AcceptedInputs alone(InputRules rules) {
    return new AcceptedInputs(rules, false, Set.of(), rules.required());
  }

  public AcceptedInputs {
    ignored = Set.copyOf(ignored);
    required = Set.copyOf(required);
  }

  /** For a caller who names the version and so knows its inputs: what is left out is missing. */
  AcceptedInputs pinned() {
    return new AcceptedInputs(
        new InputRules(rules.onAbsent(), Map.of(), rules.change()), hasOthers, ignored, Set.of());
  }

  static AcceptedInputs of(ServedVersion served, List<ServedVersion> targets) {
    InputRules rules = served.inputs();
    Set<String> required = new HashSet<>(rules.required());
    Set<String> ignored = new HashSet<>();
    Signature own = served.live().model().signature();
    boolean targeted = targets.stream().anyMatch(t -> t.version() == served.version());
    for (ServedVersion target : targets) {
      if (target.version() != served.version()) {
        Signature other = target.live().model().signature();
        if (targeted) {
          own.columns().stream()
              .map(Column::name)
              .filter(name -> other.position(name) < 0 && !rules.defaults().containsKey(name))
              .forEach(required::add);
        }
        other.columns().stream().map(Column::name).forEach(ignored::add);
        other.features().map(FeatureSource::joinKeys).ifPresent(ignored::addAll);
      }
    }
    own.columns().forEach(column -> ignored.remove(column.name()));
    own.features().map(FeatureSource::joinKeys).ifPresent(keys -> keys.forEach(ignored::remove));
    boolean others = targets.stream().anyMatch(target -> target.version() != served.version());
    return new AcceptedInputs(rules, others, ignored, required);
  }
}
