package ai.matih.ml.helm.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The cluster of a kubeconfig, talked to by {@code kubectl} and {@code helm} as a person would. */
record Cluster(Path kubeconfig) {

  static final JsonMapper JSON = JsonMapper.builder().build();
  static final YAMLMapper YAML = YAMLMapper.builder().build();

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** What a command printed and how it ended. */
  record Outcome(int exit, String out, String err) {

    boolean worked() {
      return exit == 0;
    }

    String words() {
      return out + err;
    }
  }

  /** The one that {@code -Dmatih.kubernetes} names. */
  static Cluster named(String property) {
    return new Cluster(Path.of(Objects.requireNonNull(System.getProperty(property), property)));
  }

  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("mvnw")) ? here : here.resolve("..").normalize();
  }

  static Path chart(String name) {
    return root().resolve("helm").resolve(name);
  }

  /** Runs it, and answers what it says. */
  String kubectl(String... arguments) {
    return demand("", command("kubectl", arguments)).out();
  }

  JsonNode json(String... arguments) {
    List<String> all = command("kubectl", arguments);
    all.addAll(List.of("-o", "json"));
    return JSON.readTree(demand("", all).out());
  }

  List<JsonNode> list(String... arguments) {
    List<JsonNode> items = new ArrayList<>();
    json(arguments).path("items").forEach(items::add);
    return items;
  }

  Outcome helm(String... arguments) {
    return demand("", command("helm", arguments));
  }

  Outcome tryKubectl(String input, String... arguments) {
    return run(input, command("kubectl", arguments));
  }

  Outcome tryHelm(String... arguments) {
    return run("", command("helm", arguments));
  }

  /** Creates or changes objects, by server-side apply with strict validation. */
  void apply(String objects) {
    demand(objects, command("kubectl", "apply", "--server-side", "--validate=strict", "-f", "-"));
  }

  private static List<String> command(String program, String... arguments) {
    List<String> all = new ArrayList<>(List.of(program));
    all.addAll(List.of(arguments));
    return all;
  }

  /** Runs any program in the sight of this cluster. */
  Outcome demand(String input, List<String> command) {
    Outcome outcome = run(input, command);
    if (!outcome.worked()) {
      throw new AssertionError(String.join(" ", command) + "\n" + outcome.words());
    }
    return outcome;
  }

  private Outcome run(String input, List<String> command) {
    try {
      Path in = Files.createTempFile("in", null);
      Path out = Files.createTempFile("out", null);
      Path err = Files.createTempFile("err", null);
      try {
        Files.writeString(in, input);
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        Process process = builder.start();
        if (!process.waitFor(PATIENCE.toSeconds() * 3, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("no end of " + command);
        }
        return new Outcome(process.exitValue(), read(out), read(err));
      } finally {
        for (Path file : List.of(in, out, err)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in " + command, e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /** Asks until it is so. */
  static void await(BooleanSupplier condition, Supplier<String> otherwise) {
    Instant until = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(until)) {
        throw new AssertionError(otherwise.get());
      }
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
