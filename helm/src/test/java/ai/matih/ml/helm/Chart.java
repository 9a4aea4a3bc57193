package ai.matih.ml.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A chart of this repository and what Helm makes of it. */
record Chart(String name) {

  static final Chart SUITE = new Chart("matih-ml");
  static final Chart TENANT = new Chart("matih-ml-tenant");

  static final YAMLMapper YAML = YAMLMapper.builder().build();
  static final String NAMESPACE = "ml";

  private static final String KUBERNETES = "1.37.2";
  private static final Map<String, List<Manifest>> RENDERED = new ConcurrentHashMap<>();
  private static final Pattern SOURCE = Pattern.compile("(?m)^# Source: [^/]+/(\\S+)$");
  private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("mvnw")) ? here : here.resolve("..").normalize();
  }

  Path folder() {
    return root().resolve("helm").resolve(name);
  }

  Path file(String path) {
    return folder().resolve(path);
  }

  String text(String path) {
    return read(file(path));
  }

  JsonNode yaml(String path) {
    return YAML.readTree(text(path));
  }

  /** Helm's complaints, warnings among them. */
  LintResult lint() {
    return new Helm(folder()).lint().strict().call();
  }

  /** Template files that make something of these values. */
  Set<String> templatesThatMake(Values values) {
    return render(values).stream().map(Manifest::source).collect(Collectors.toSet());
  }

  /**
   * The objects that these values make.
   *
   * @throws IllegalStateException with Helm's words when it refuses them
   */
  List<Manifest> render(Values values) {
    return RENDERED.computeIfAbsent(name + values, _ -> fresh(values));
  }

  private List<Manifest> fresh(Values values) {
    Path file = null;
    try {
      file = Files.createTempFile("values", ".yaml");
      Files.writeString(file, YAML.writeValueAsString(values.tree()));
      var template =
          new Helm(withoutHooks())
              .template()
              .withName(values.release())
              .withNamespace(NAMESPACE)
              .withKubeVersion(KUBERNETES);
      values.files().forEach(size -> template.withValuesFile(file(size)));
      return manifests(template.withValuesFile(file).call());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  /** Helm renders hooks apart, where they cannot be read from here: in a copy they are none. */
  private Path withoutHooks() {
    return COPIES.computeIfAbsent(name, _ -> copy());
  }

  private Path copy() {
    try (var files = Files.walk(folder())) {
      Path copy = Files.createTempDirectory("chart");
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(folder().relativize(file).toString());
        Files.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
        Files.writeString(target, read(file).replace("helm.sh/hook: test", "was-a-hook: test"));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Manifest> manifests(String documents) {
    List<Manifest> found = new ArrayList<>();
    for (String text : documents.split("(?m)^---\\s*$")) {
      JsonNode document = YAML.readTree(text);
      if (document.isObject() && !document.isEmpty()) {
        Matcher source = SOURCE.matcher(text);
        found.add(new Manifest(source.find() ? source.group(1) : "", document));
      }
    }
    return List.copyOf(found);
  }

  private static void delete(@org.jspecify.annotations.Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
