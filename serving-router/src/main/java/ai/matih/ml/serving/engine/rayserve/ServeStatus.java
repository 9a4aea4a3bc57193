package ai.matih.ml.serving.engine.rayserve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Ray Serve says about itself.
 *
 * @param applications by name
 */
record ServeStatus(Map<String, Application> applications) {

  ServeStatus {
    applications = Map.copyOf(applications);
  }

  /**
   * One application.
   *
   * @param status as Ray names it, such as {@code RUNNING} or {@code DEPLOY_FAILED}
   * @param message why it is so; may be long
   * @param running how many replicas run
   * @param target how many there are to be
   * @param configuration what it was made from; null for one that a program started by itself
   */
  record Application(
      String status,
      String message,
      int running,
      int target,
      @Nullable Map<String, Object> configuration) {

    boolean isRunning() {
      return status.equals("RUNNING");
    }

    private boolean isGoing() {
      return status.equals("DELETING");
    }

    /** Compares what was sent with what Ray answers, in which numbers may be written otherwise. */
    private boolean isMadeFrom(Map<String, Object> wanted) {
      return configuration != null && !isGoing() && contains(configuration, wanted);
    }
  }

  /** One application; empty for one that Ray Serve does not know. */
  Optional<Application> find(String name) {
    return Optional.ofNullable(applications.get(name));
  }

  /** What others keep in the configuration; it has to be sent again with each of ours. */
  Map<String, Map<String, Object>> ofOthers() {
    Map<String, Map<String, Object>> others = new LinkedHashMap<>();
    applications.forEach(
        (name, application) -> {
          if (!name.startsWith(ServeApplication.PREFIX) && application.configuration() != null) {
            others.put(name, application.configuration());
          }
        });
    return others;
  }

  /** Whether exactly these applications of ours are configured, by name, as they are to be. */
  boolean has(Map<String, Map<String, Object>> wanted) {
    return wanted.entrySet().stream()
            .allMatch(
                entry ->
                    find(entry.getKey()).filter(a -> a.isMadeFrom(entry.getValue())).isPresent())
        && applications.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(ServeApplication.PREFIX))
            .allMatch(entry -> wanted.containsKey(entry.getKey()) || entry.getValue().isGoing());
  }

  /** Whether the application answers calls, configured as it is to be. */
  boolean runs(ServeApplication wanted) {
    return find(wanted.name())
        .filter(a -> a.isRunning() && a.isMadeFrom(wanted.configuration()))
        .isPresent();
  }

  private static boolean contains(@Nullable Object seen, Object wanted) {
    return switch (wanted) {
      case Map<?, ?> map ->
          seen instanceof Map<?, ?> there
              && map.entrySet().stream()
                  .allMatch(entry -> contains(there.get(entry.getKey()), entry.getValue()));
      case List<?> list -> {
        if (!(seen instanceof List<?> there) || there.size() != list.size()) {
          yield false;
        }
        boolean all = true;
        for (int i = 0; i < list.size(); i++) {
          all &= contains(there.get(i), list.get(i));
        }
        yield all;
      }
      case Number number ->
          seen instanceof Number there && there.doubleValue() == number.doubleValue();
      default -> wanted.equals(seen);
    };
  }
}
