package ai.matih.ml.api.setup;

import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/** What the image does when it is started with a word; without one it is the door. */
public enum Program {
  SETUP {
    @Override
    void run(Environment environment, PrintStream out) throws Exception {
      new Databases(environment).ensure(out);
      new Buckets(environment).ensure(out);
    }
  },
  CHECK {
    @Override
    void run(Environment environment, PrintStream out) throws Exception {
      new Check(environment).run(out);
    }
  };

  abstract void run(Environment environment, PrintStream out) throws Exception;

  /** The program that these arguments name. */
  public static Optional<Program> named(String... arguments) {
    if (arguments.length != 1) {
      return Optional.empty();
    }
    return switch (arguments[0]) {
      case "setup" -> Optional.of(SETUP);
      case "check" -> Optional.of(CHECK);
      default -> Optional.empty();
    };
  }

  /** Runs to its end; the exit code is 0 when all is well. Whoever started it tries again. */
  public int run(Map<String, String> environment, PrintStream out, PrintStream errors) {
    try {
      run(new Environment(environment), out);
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (Exception e) {
      errors.println(name().toLowerCase(java.util.Locale.ROOT) + " failed: " + message(e));
      return 1;
    }
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
