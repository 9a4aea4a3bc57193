package ai.matih.ml.acceptance.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One running Chromium without a window; each {@link #tab} is a browser of its own to the page. */
public final class Chromium implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final String LISTENS = "DevTools listening on ";

  private final Process process;
  private final Path profile;
  private final DevTools tools;

  private Chromium(Path program) {
    try {
      profile = Files.createTempDirectory("matih-chromium");
      List<String> command =
          new ArrayList<>(
              List.of(
                  program.toString(),
                  "--headless=new",
                  "--remote-debugging-port=0",
                  "--user-data-dir=" + profile,
                  "--disable-gpu",
                  "--disable-dev-shm-usage",
                  "--hide-scrollbars",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--lang=en-US"));
      if ("root".equals(System.getProperty("user.name"))) {
        // Chromium's sandbox does not work for root; the pages are our own.
        command.add("--no-sandbox");
      }
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("LANGUAGE", "en");
      builder.environment().put("TZ", "UTC");
      process = builder.start();
      tools = new DevTools(address(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is installed; {@code MATIH_CHROMIUM} names another program. */
  public static Optional<Path> installed() {
    String named = System.getenv("MATIH_CHROMIUM");
    if (named != null) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    return NAMES.stream()
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(":", -1))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  public static Chromium start() {
    return new Chromium(installed().orElseThrow());
  }

  /** An empty page that shares nothing with the others, as another person has it. */
  public Tab tab() {
    String context =
        tools.send("", "Target.createBrowserContext", Map.of()).get("browserContextId").asString();
    String target =
        tools
            .send(
                "",
                "Target.createTarget",
                Map.of("url", "about:blank", "browserContextId", context))
            .get("targetId")
            .asString();
    String session =
        tools
            .send("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asString();
    return new Tab(tools, session, context);
  }

  @Override
  public void close() {
    tools.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      try (Stream<Path> files = Files.walk(profile)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | UncheckedIOException e) {
      // A process that ends may still hold a file; the system cleans its temporary folder.
      profile.toFile().deleteOnExit();
    }
  }

  private static URI address(Process process) throws IOException {
    BufferedReader said = process.inputReader();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(LISTENS)) {
        // It goes on talking; a full pipe would stop it.
        Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
        return URI.create(line.substring(LISTENS.length()).trim());
      }
    }
    throw new IllegalStateException("Chromium ended at once: " + process.onExit().join());
  }
}
