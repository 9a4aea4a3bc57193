package ai.matih.ml.verifier;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * Verifies an evidence bundle and says what was checked. Exit codes: 0 holds, 1 does not, 2 wrongly
 * typed. {@code ./ml verify-bundle}, or {@code java -jar evidence-verifier.jar} alone.
 */
@Command(name = "verify-bundle", description = "check an evidence bundle, without any platform")
public final class VerifyBundle implements Callable<Integer> {

  private final PrintStream out;

  @Parameters(paramLabel = "FILE", description = "the bundle", converter = ExistingFile.class)
  private @Nullable Path bundle;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "the registry's public keys (JWKS)",
      converter = ExistingFile.class)
  private @Nullable Path keys;

  public VerifyBundle(PrintStream out) {
    this.out = out;
  }

  public static void main(String... typed) {
    System.exit(new CommandLine(new VerifyBundle(System.out)).execute(typed));
  }

  @Override
  public Integer call() throws IOException {
    var file = Files.readAllBytes(Objects.requireNonNull(bundle));
    var trusted =
        keys == null
            ? Optional.<String>empty()
            : Optional.of(Files.readString(keys, StandardCharsets.UTF_8));
    return show(BundleVerifier.verify(file, trusted));
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

  private static final class ExistingFile implements CommandLine.ITypeConverter<Path> {

    @Override
    public Path convert(String name) {
      var file = Path.of(name);
      if (!Files.isRegularFile(file)) {
        throw new TypeConversionException("names no file: " + name);
      }
      return file;
    }
  }
}
