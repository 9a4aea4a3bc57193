package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.process.LogFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the end of one log or of all, and goes on printing when asked to. */
@Command(name = "logs", description = "the end of one log or of all")
final class Logs implements Callable<Integer> {

  private static final int LINES_OF_ONE = 100;
  private static final int LINES_OF_EACH = 10;

  private final Ml ml;

  @Parameters(paramLabel = "PART", description = "whose; all without one")
  private List<String> parts = List.of();

  @Option(
      names = {"-f", "--follow"},
      description = "go on printing")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "how many")
  private @Nullable Integer lines;

  Logs(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var all = files(ml.home());
    var chosen =
        parts.isEmpty() ? all : all.stream().filter(file -> parts.contains(name(file))).toList();
    if (chosen.isEmpty()) {
      throw new Refused("No such log. There are: " + all.stream().map(Logs::name).toList());
    }
    var single = chosen.size() == 1;
    int count = Objects.requireNonNullElse(lines, single ? LINES_OF_ONE : LINES_OF_EACH);
    var read = new HashMap<Path, Long>();
    for (var file : chosen) {
      read.put(file, Files.size(file));
      LogFile.of(file).tail(count).forEach(line -> print(single, file, line));
    }
    while (follow) {
      Thread.sleep(300);
      for (var file : chosen) {
        follow(file, read, single);
      }
    }
    return 0;
  }

  private static void follow(Path file, Map<Path, Long> read, boolean single) throws IOException {
    var from = read.getOrDefault(file, 0L);
    var size = Files.size(file);
    if (size < from) {
      from = 0L;
    }
    if (size == from) {
      return;
    }
    try (var content = new RandomAccessFile(file.toFile(), "r")) {
      content.seek(from);
      var bytes = new byte[(int) Math.min(size - from, 1 << 20)];
      content.readFully(bytes);
      new String(bytes, StandardCharsets.UTF_8).lines().forEach(line -> print(single, file, line));
      read.put(file, from + bytes.length);
    }
  }

  private static List<Path> files(Home home) throws IOException {
    if (!Files.isDirectory(home.logs())) {
      throw new Refused("Nothing has run in " + home.folder() + ". ./ml up");
    }
    try (var entries = Files.list(home.logs())) {
      return entries.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private static void print(boolean single, Path file, String line) {
    System.out.println(single ? line : "%-24s %s".formatted(name(file), line));
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceFirst("\\.log$", "");
  }
}
