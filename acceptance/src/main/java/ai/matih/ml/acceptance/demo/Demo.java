package ai.matih.ml.acceptance.demo;

import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.acceptance.client.UnexpectedAnswer;
import ai.matih.ml.acceptance.walk.Flights;
import ai.matih.ml.acceptance.walk.SearchWalk;
import ai.matih.ml.acceptance.walk.Walk;
import ai.matih.ml.acceptance.walk.WalkPlan;
import ai.matih.ml.acceptance.walk.WalkResult;
import java.io.Console;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The walk on the whole year of flights, or a search for hyperparameters, told aloud. */
public final class Demo {

  /** The search learns from one departure of so many. */
  private static final int SEARCHED = 20;

  private Demo() {}

  /**
   * @param arguments {@code tuning} for the search; {@code --sample} takes each twentieth departure
   *     only
   */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    URI address = URI.create(environment("MATIH_URL"));
    Narrator narrator = new Narrator(System.out, watched());
    Door door = Door.at(address, environment("MATIH_KEY")).telling(narrator);
    String suffix =
        LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("MMdd-HHmmss"));
    Flights flights = Flights.installedIn(Path.of(environment("MATIH_PYTHON_ENV")));
    long started = System.nanoTime();
    try {
      if (arguments.contains("tuning")) {
        SearchWalk walk = new SearchWalk(door, flights, SEARCHED, narrator, suffix);
        walk.take();
        narrator.searched(walk.model(), address, Duration.ofNanos(System.nanoTime() - started));
      } else {
        WalkPlan plan = arguments.contains("--sample") ? WalkPlan.SAMPLE : WalkPlan.WHOLE_YEAR;
        WalkResult result = new Walk(door, flights, plan, narrator, suffix).take();
        narrator.summary(result, address, Duration.ofNanos(System.nanoTime() - started));
      }
      return 0;
    } catch (UnexpectedAnswer | AssertionError | UncheckedIOException e) {
      narrator.failed(String.valueOf(e.getMessage()));
      return 1;
    }
  }

  /** Since JDK 22 a console exists also without a terminal. */
  @SuppressWarnings("SystemConsoleNull") // It is null where no console provider is installed.
  private static boolean watched() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      System.err.println("Run ./ml demo, or set " + name + ".");
      System.exit(2);
      throw new IllegalStateException();
    }
    return value;
  }
}
