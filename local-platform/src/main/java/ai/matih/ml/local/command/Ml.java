package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.MissingPython;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The entry point behind {@code ./ml}. Exit codes: 0 done, 1 failed, 2 wrongly typed. */
public final class Ml {

  private Ml() {}

  public static void main(String... typed) {
    System.exit(run(typed));
  }

  static int run(String... typed) {
    try {
      var arguments = Arguments.parse(typed);
      var home =
          arguments.option("home").map(text -> new Home(Path.of(text))).orElseGet(Home::standard);
      return run(arguments, home, root());
    } catch (WrongUsage | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println("See ./ml help");
      return 2;
    } catch (Refused | MissingPython | IllegalStateException e) {
      System.err.println(e.getMessage());
      return 1;
    } catch (IOException | UncheckedIOException e) {
      System.err.println(describe(e));
      return 1;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static int run(Arguments arguments, Home home, Path root)
      throws IOException, InterruptedException {
    return switch (arguments.command()) {
      case "up" -> new Up(home, root, arguments).run();
      case "down" -> new Down(home).run();
      case "status" -> new Status(home).run(arguments.has("json"));
      case "logs" -> new Logs(home).run(arguments);
      case "reset" -> new Reset(home).run(arguments.has("yes"));
      case "key" -> new Key(home).run(arguments);
      case "secrets" -> ClusterSecrets.run();
      case "demo" -> new Demo(home, root, arguments).run();
      case "test" -> new Test(home, root, arguments).run();
      case "bench" -> new Bench(home, root, arguments).run();
      case "verify-bundle" -> new VerifyBundle(System.out).run(arguments);
      case "supervise" -> Supervise.run(home);
      case "help" -> Help.run();
      default -> throw new WrongUsage("There is no command " + arguments.command());
    };
  }

  /** The folder of the source tree; {@code ./ml} tells it. */
  private static Path root() {
    return Path.of(System.getProperty("matih.root", "")).toAbsolutePath();
  }

  private static String describe(Exception e) {
    var cause = e.getCause();
    var message = String.valueOf(e.getMessage());
    return cause == null || message.contains(String.valueOf(cause.getMessage()))
        ? message
        : message + ": " + cause.getMessage();
  }
}
