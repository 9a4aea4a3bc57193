package ai.matih.ml.serving.engine.rayserve;

import java.util.LinkedHashMap;
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
      @Nullable Map<String, Object> configuration) {}

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

  /** Whether exactly these applications of ours are configured, as they are to be. */
  boolean has(Map<String, ServeApplication> wanted) {
    return wanted.values().stream()
            .allMatch(
                application ->
                    applications.containsKey(application.name())
                        && isOf(application, applications.get(application.name())))
        && applications.keySet().stream()
            .filter(name -> name.startsWith(ServeApplication.PREFIX))
            .allMatch(name -> wanted.containsKey(name) || isGoing(name));
  }

  private boolean isGoing(String name) {
    Application application = applications.get(name);
    return application != null && application.status().equals("DELETING");
  }

  /** Compares what was sent with what Ray answers, in which numbers may be written otherwise. */
  private static boolean isOf(ServeApplication wanted, Application seen) {
    return seen.configuration() != null
        && !seen.status().equals("DELETING")
        && contains(seen.configuration(), wanted.configuration());
  }

  private static boolean contains(@Nullable Object seen, Object wanted) {
    return switch (wanted) {
      case Map<?, ?> map ->
          seen instanceof Map<?, ?> there
              && map.entrySet().stream()
                  .allMatch(entry -> contains(there.get(entry.getKey()), entry.getValue()));
      case java.util.List<?> list -> {
        if (!(seen instanceof java.util.List<?> there) || there.size() != list.size()) {
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
