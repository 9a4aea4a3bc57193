package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.process.ProcessFamily;
import ai.matih.ml.local.process.ProcessIdentity;
import ai.matih.ml.local.process.RunningProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what runs. Exit code 0 when the platform is ready, 1 otherwise. */
@Command(name = "status", description = "what runs, where, with how much memory")
final class Status implements Callable<Integer> {

  private final Ml ml;

  @Option(names = "--json", description = "for programs")
  private boolean json;

  Status(Ml ml) {
    this.ml = ml;
  }

  /** One process family with what it takes. */
  record Row(
      String name,
      String state,
      long pid,
      int port,
      long residentBytes,
      long proportionalBytes,
      int restarts,
      String failure) {}

  @Override
  public Integer call() throws IOException {
    var home = ml.home();
    var state = PlatformState.read(home.state()).orElse(null);
    if (state == null) {
      System.out.println(
          json ? "{\"phase\":\"stopped\"}" : "Nothing has run in " + home.folder() + ". ./ml up");
      return 1;
    }
    var phase = phase(state);
    var rows = rows(home, state);
    System.out.print(json ? json(state, phase, rows) : table(phase, rows, state));
    return phase.equals("ready") ? 0 : 1;
  }

  static String phase(PlatformState state) {
    var ended = state.phase() == Phase.STOPPED || state.phase() == Phase.FAILED;
    return ended || state.supervised() ? lower(state.phase()) : "unsupervised";
  }

  static List<Row> rows(Home home, PlatformState state) {
    var rows = new ArrayList<Row>();
    for (var part : state.parts()) {
      rows.add(row(home, part));
    }
    if (state.supervised() && state.supervisor() != null) {
      var identity = state.supervisor().identity();
      var family =
          new ProcessFamily(
              new ProcessIdentity(-1, identity.startedAt()),
              RunningProcess.mark(home.owner(), "supervisor"));
      rows.add(
          new Row(
              "supervisor",
              "ready",
              identity.pid(),
              0,
              family.residentBytes(),
              family.proportionalBytes(),
              0,
              ""));
    }
    return rows;
  }

  private static Row row(Home home, Part part) {
    var identity = part.identity();
    var alive = identity.filter(ProcessIdentity::alive).isPresent();
    var family =
        identity.map(id -> new ProcessFamily(id, RunningProcess.mark(home.owner(), part.name())));
    return new Row(
        part.name(),
        identity.isPresent() && !alive ? "ended" : lower(part.phase()),
        identity.filter(_ -> alive).map(ProcessIdentity::pid).orElse(0L),
        part.port(),
        family.filter(_ -> alive).map(ProcessFamily::residentBytes).orElse(0L),
        family.filter(_ -> alive).map(ProcessFamily::proportionalBytes).orElse(0L),
        part.restarts(),
        part.lastFailure() == null ? "" : part.lastFailure().lines().findFirst().orElse(""));
  }

  private static String table(String phase, List<Row> rows, PlatformState state) {
    var text = new StringBuilder();
    text.append(
        "%s%n"
            .formatted(
                phase.equals("unsupervised")
                    ? "Nobody watches this platform any more. ./ml up takes it over, ./ml down stops it."
                    : "The platform is "
                        + phase
                        + (state.message() == null ? "." : ": " + state.message())));
    text.append(
        "%-24s %-12s %8s %6s %10s %10s %9s%n"
            .formatted("process", "state", "pid", "port", "memory MB", "RSS MB", "restarts"));
    for (var row : rows) {
      text.append(
          "%-24s %-12s %8s %6s %10d %10d %9d%s%n"
              .formatted(
                  row.name(),
                  row.state(),
                  row.pid() == 0 ? "-" : row.pid(),
                  row.port() == 0 ? "-" : row.port(),
                  row.proportionalBytes() >> 20,
                  row.residentBytes() >> 20,
                  row.restarts(),
                  row.restarts() > 0 && !row.failure().isEmpty()
                      ? "   last: " + row.failure()
                      : ""));
    }
    text.append(
        "%-24s %-12s %8s %6s %10d %10d%n"
            .formatted(
                "together",
                "",
                "",
                "",
                rows.stream().mapToLong(Row::proportionalBytes).sum() >> 20,
                rows.stream().mapToLong(Row::residentBytes).sum() >> 20));
    text.append(
        "memory: shared pages divided among those who share them; RSS counts them for each.\n");
    return text.toString();
  }

  private static String json(PlatformState state, String phase, List<Row> rows) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("phase", phase);
    document.put("addresses", state.addresses());
    document.put("processes", rows);
    return Json.MAPPER.writeValueAsString(document) + "\n";
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
