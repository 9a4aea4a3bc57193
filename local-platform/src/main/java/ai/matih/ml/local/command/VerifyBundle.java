package ai.matih.ml.local.command;

import ai.matih.ml.verifier.BundleVerifier;
import ai.matih.ml.verifier.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Verifies an evidence bundle and says what was checked. Exit codes: 0 holds, 1 does not. */
final class VerifyBundle {

  private final PrintStream out;

  VerifyBundle(PrintStream out) {
    this.out = out;
  }

  int run(Arguments arguments) throws IOException {
    if (arguments.words().size() != 1) {
      throw new WrongUsage("./ml verify-bundle FILE [--key JWKS-FILE]");
    }
    var file = read(arguments.words().getFirst());
    Optional<byte[]> keys = Optional.empty();
    if (arguments.option("key").isPresent()) {
      keys = Optional.of(read(arguments.option("key").get()));
    }
    return show(
        BundleVerifier.verify(
            file, keys.map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8))));
  }

  private int show(Report report) {
    for (var check : report.checks()) {
      out.println((check.wrong().isEmpty() ? "ok    " : "WRONG ") + check.what());
      check.wrong().forEach(wrong -> out.println("        " + wrong));
    }
    report.notes().forEach(note -> out.println("note  " + note));
    out.println(report.holds() ? "The bundle holds." : "The bundle does NOT hold.");
    return report.holds() ? 0 : 1;
  }

  private static byte[] read(String name) throws IOException {
    try {
      return Files.readAllBytes(Path.of(name));
    } catch (NoSuchFileException _) {
      throw new WrongUsage("There is no file " + name);
    }
  }
}
