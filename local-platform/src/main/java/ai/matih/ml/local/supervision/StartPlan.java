package ai.matih.ml.local.supervision;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parts of a platform in an order in which they can be started; checks itself. */
public record StartPlan(List<PartPlan> parts) {

  public StartPlan {
    parts = ordered(parts);
  }

  /** Only the named parts and what they need. */
  public StartPlan only(Set<String> names) {
    var wanted = new LinkedHashSet<>(names);
    names.stream()
        .filter(name -> parts.stream().noneMatch(part -> part.name().equals(name)))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "There is no part "
                      + name
                      + "; the parts are "
                      + parts.stream().map(PartPlan::name).toList());
            });
    for (var part : parts.reversed()) {
      if (wanted.contains(part.name())) {
        wanted.addAll(part.after());
      }
    }
    return new StartPlan(parts.stream().filter(part -> wanted.contains(part.name())).toList());
  }

  /**
   * Groups in which the parts end: what others stand on comes last, a database outlives its
   * clients.
   */
  public List<List<String>> stopOrder() {
    var needed = parts.stream().flatMap(part -> part.after().stream()).collect(Collectors.toSet());
    var foundation =
        parts.stream()
            .filter(part -> part.after().isEmpty() && needed.contains(part.name()))
            .map(PartPlan::name)
            .toList();
    var others =
        parts.stream().map(PartPlan::name).filter(name -> !foundation.contains(name)).toList();
    return Stream.of(others, foundation).filter(group -> !group.isEmpty()).toList();
  }

  private static List<PartPlan> ordered(List<PartPlan> parts) {
    Map<String, PartPlan> waiting = new LinkedHashMap<>();
    for (var part : parts) {
      if (waiting.put(part.name(), part) != null) {
        throw new IllegalArgumentException("Two parts are called " + part.name());
      }
    }
    var done = new LinkedHashMap<String, PartPlan>();
    while (!waiting.isEmpty()) {
      var next =
          waiting.values().stream()
              .filter(part -> done.keySet().containsAll(part.after()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "These parts wait for each other or for unknown ones: "
                              + waiting.keySet()));
      waiting.remove(next.name());
      done.put(next.name(), next);
    }
    return List.copyOf(done.values());
  }
}
