package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the documentation do what their pages say: one shell runs them page after page,
 * as a reader would who has the platform under test at {@code localhost:8000}.
 *
 * <p>The reader's {@code curl} and {@code ./ml} are scripts of this test: the first notes each
 * answer's status, the second speaks to the platform under test as somebody of a new tenant.
 */
class DocumentedCommandsIT {

  private static final Duration BOUND = Duration.ofMinutes(12);

  /** In the order in which they lead to each other. */
  private static final List<String> JOURNEY =
      List.of(
          "README.md",
          "docs/how-to/make-keys.md",
          "docs/how-to/add-a-model-from-a-notebook.md",
          "docs/how-to/tune-a-model.md",
          "docs/how-to/promote-a-version.md",
          "docs/how-to/verify-an-evidence-bundle.md",
          "docs/how-to/use-the-mlflow-client.md",
          "docs/how-to/run-a-canary.md",
          "docs/how-to/shadow-a-version.md",
          "docs/how-to/run-an-ab-test.md",
          "docs/how-to/serve-on-ray.md",
          "docs/how-to/watch-a-model.md",
          "docs/how-to/declare-features.md",
          "docs/concepts/data-sets.md");

  /** Pages whose commands need what this test does not have. */
  private static final Map<String, String> NOT_RUN =
      Map.ofEntries(
          Map.entry("docs/concepts/jobs.md", "continues in the reader's own session"),
          Map.entry("docs/how-to/receive-webhooks.md", "calls a host of the reader's"),
          Map.entry("docs/how-to/run-against-another-platform.md", "needs a second platform"),
          Map.entry(
              "docs/how-to/use-open-inference-clients.md", "needs clients that others publish"),
          Map.entry("docs/how-to/serve-on-triton.md", "needs a Triton"),
          Map.entry("docs/how-to/test-on-kubernetes.md", "needs a cluster; it is how helm's run"),
          Map.entry("docs/how-to/train-on-kuberay.md", "needs a cluster"),
          Map.entry("docs/operate/backup.md", "stops the platform"),
          Map.entry("docs/operate/kubernetes.md", "needs a cluster"),
          Map.entry("docs/operate/tenants.md", "needs a cluster"),
          Map.entry("docs/reference/benchmarks.md", "measures for minutes"),
          Map.entry("docs/reference/conformance.md", "asks for minutes"));

  /** The README shows what a refusal looks like. */
  private static final Set<String> REFUSED_ON_PURPOSE = Set.of("400 POST /api/v1/ml/predict");

  /** Also the other blocks, so that the end of one is not taken for the begin of another. */
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Set<String> TYPED = Set.of("", "bash", "sh", "python");
  private static final Pattern CALL = Pattern.compile("^CALL (\\d+) (\\w+) (\\S+)$");
  private static final Path ROOT = root();

  @Test
  void every_page_with_commands_is_run_or_says_why_not() throws IOException {
    assertThat(
            pages()
                .filter(page -> !blocks(page).isEmpty())
                .map(DocumentedCommandsIT::name)
                .toList())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(JOURNEY.stream(), NOT_RUN.keySet().stream()).toList());
  }

  @Test
  void a_reader_who_types_them_gets_what_they_promise(@TempDir Path folder) throws Exception {
    Reader reader = new Reader(folder);
    String seen = reader.types(script());

    List<String> calls = reader.calls();
    assertThat(calls).as(seen).hasSizeGreaterThan(40);
    assertThat(calls)
        .as(seen)
        .filteredOn(call -> call.compareTo("4") > 0)
        .isSubsetOf(REFUSED_ON_PURPOSE);
    assertThat(reader.door().get("/models/ripeness/versions/1").expect(200).text("/stage"))
        .isEqualTo("production");
  }

  /** All blocks, each after a line that says where it stands. */
  private static String script() {
    StringBuilder script = new StringBuilder("set -eu\n");
    for (String page : JOURNEY) {
      int number = 0;
      for (MatchResult block : blocks(ROOT.resolve(page))) {
        number++;
        script.append("echo '## %s, block %d'\n".formatted(page, number));
        script.append(
            block.group(1).equals("python")
                ? "python - <<'END_OF_PYTHON'\n" + block.group(2) + "END_OF_PYTHON\n"
                : block.group(2));
      }
    }
    return script.toString();
  }

  /** Somebody with a shell, in a folder of their own, in a tenant that was not there before. */
  private static final class Reader {

    private final Path folder;
    private final Path log;
    private final URI address = RunningPlatform.admin().base();
    private final String tenant = "docs-" + RunningPlatform.suffix();
    private final String key = RunningPlatform.key(tenant, "admin", "user:reader");

    Reader(Path folder) throws IOException {
      this.folder = folder;
      this.log = folder.resolve("calls.log");
      Path tools = Files.createDirectory(folder.resolve("tools"));
      executable(
          tools.resolve("curl"),
          """
          #!/usr/bin/env bash
          path="${PATH#*:}"
          PATH="$path" exec curl -w '%%{stderr}CALL %%{response_code} %%{method} %%{url_effective}\\n' "$@" 2>>'%s'
          """
              .formatted(log));
      executable(
          folder.resolve("ml"),
          """
          #!/usr/bin/env bash
          case "$*" in
            key) echo '%s'; exit ;;
            up | demo | test) exit ;;
            verify-bundle*) exec '%s/ml' "$@" ;;
            *--tenant*) ;;
            *) set -- "$@" --tenant '%s' ;;
          esac
          exec '%s/ml' "$@" --home '%s'
          """
              .formatted(key, ROOT, tenant, ROOT, RunningPlatform.home()));
    }

    String types(String script) throws IOException, InterruptedException {
      Path file = folder.resolve("script.sh");
      Files.writeString(
          file,
          script
              .replace("http://localhost:8000", address.toString())
              .replace("localhost:8000", address.getAuthority()));
      Path output = folder.resolve("output.txt");
      ProcessBuilder builder =
          new ProcessBuilder("bash", file.toString())
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      Map<String, String> environment = builder.environment();
      environment.put(
          "PATH",
          "%s:%s:%s"
              .formatted(
                  folder.resolve("tools"),
                  TestEngines.python().getParent(),
                  environment.getOrDefault("PATH", "/usr/bin:/bin")));
      environment.put("MATIH_ML_NO_BUILD", "1");
      Process process = builder.start();
      try {
        boolean ended = process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
        String seen = Files.readString(output) + "\n" + String.join("\n", calls());
        assertThat(ended).as("ends within %s; so far: %s", BOUND, seen).isTrue();
        assertThat(process.exitValue()).as(seen).isZero();
        return seen;
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }

    /** Status, method and path of each call. */
    List<String> calls() throws IOException {
      List<String> calls = new ArrayList<>();
      for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
        CALL.matcher(line)
            .results()
            .map(
                one ->
                    "%s %s %s"
                        .formatted(one.group(1), one.group(2), URI.create(one.group(3)).getPath()))
            .forEach(calls::add);
      }
      return calls;
    }

    Door door() {
      return RunningPlatform.admin().as(key);
    }

    private static void executable(Path file, String text) throws IOException {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static List<MatchResult> blocks(Path page) {
    return BLOCK.matcher(read(page)).results().filter(one -> TYPED.contains(one.group(1))).toList();
  }

  private static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    return pages.stream();
  }

  private static String name(Path page) {
    return ROOT.relativize(page).toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("CONTRIBUTING.md")) ? here : here.resolve("..").normalize();
  }
}
