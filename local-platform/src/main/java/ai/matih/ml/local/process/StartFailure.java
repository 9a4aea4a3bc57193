package ai.matih.ml.local.process;

import java.nio.file.Path;

/** A program did not become ready; carries the end of its log, which usually says why. */
public final class StartFailure extends RuntimeException {

  private static final int LINES = 15;

  private final String program;

  StartFailure(ProcessSpec spec, String reason) {
    super(describe(spec.name(), reason, spec.log()));
    this.program = spec.name();
  }

  public String program() {
    return program;
  }

  private static String describe(String name, String reason, Path log) {
    var tail = LogFile.of(log).tail(LINES);
    return "%s did not start: %s. The end of %s:%n%s"
        .formatted(name, reason, log, String.join("\n", tail));
  }
}
