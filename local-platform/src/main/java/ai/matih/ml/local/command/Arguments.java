package ai.matih.ml.local.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was typed after {@code ./ml}: a command, words and options. Options may stand anywhere, as
 * {@code --name value}, {@code --name=value} or {@code --flag}.
 */
record Arguments(String command, List<String> words, Map<String, String> options) {

  private static final Set<String> FLAGS =
      Set.of("json", "yes", "follow", "no-checks", "help", "keep");
  private static final Map<String, String> SHORT =
      Map.of("-f", "follow", "-h", "help", "-n", "lines", "-y", "yes");

  /** The options of each command beside those that all have. */
  private static final Map<String, Set<String>> OPTIONS =
      Map.of(
          "up", Set.of("port", "port-offset", "only", "no-checks"),
          "status", Set.of("json"),
          "logs", Set.of("follow", "lines"),
          "reset", Set.of("yes"),
          "key", Set.of("role", "tenant", "principal", "expires-in"),
          "demo", Set.of("port", "port-offset", "no-checks"),
          "test", Set.of("keep", "port-offset"),
          "bench", Set.of("port", "port-offset", "no-checks"),
          "verify-bundle", Set.of("key"));

  private static final Set<String> COMMON = Set.of("home", "help");

  Arguments {
    words = List.copyOf(words);
    options = Map.copyOf(options);
  }

  static Arguments parse(String... typed) {
    var words = new ArrayList<String>();
    var options = new LinkedHashMap<String, String>();
    for (var i = 0; i < typed.length; i++) {
      var text = SHORT.containsKey(typed[i]) ? "--" + SHORT.get(typed[i]) : typed[i];
      if (!text.startsWith("--")) {
        words.add(text);
        continue;
      }
      var name = text.substring(2).split("=", 2);
      if (FLAGS.contains(name[0])) {
        if (name.length == 2) {
          throw new WrongUsage("--" + name[0] + " takes no value");
        }
        options.put(name[0], "");
      } else if (name.length == 2) {
        options.put(name[0], name[1]);
      } else if (i + 1 < typed.length) {
        options.put(name[0], typed[++i]);
      } else {
        throw new WrongUsage("--" + name[0] + " needs a value");
      }
    }
    var command = words.isEmpty() || options.containsKey("help") ? "help" : words.removeFirst();
    var arguments = new Arguments(command, words, options);
    arguments.refuseUnknownOptions();
    return arguments;
  }

  boolean has(String flag) {
    return options.containsKey(flag);
  }

  Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  Optional<Integer> number(String name) {
    return option(name)
        .map(
            text -> {
              try {
                return Integer.valueOf(text);
              } catch (NumberFormatException _) {
                throw new WrongUsage("--" + name + " needs a number, not " + text);
              }
            });
  }

  private void refuseUnknownOptions() {
    if (command.equals("help")) {
      return;
    }
    var known = new TreeSet<>(COMMON);
    known.addAll(OPTIONS.getOrDefault(command, Set.of()));
    for (var name : options.keySet()) {
      if (!known.contains(name)) {
        throw new WrongUsage(
            "./ml %s has no option --%s; it has %s"
                .formatted(command, name, known.stream().map(option -> "--" + option).toList()));
      }
    }
  }
}
