package ai.matih.ml.serving.bundlecheck.process;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.serving.bundlecheck.CheckLimits;
import ai.matih.ml.serving.bundlecheck.ModelChecks;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.ScoringLimit;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The main class of the throw-away process: {@code folder digest latency-budget min-golden-rows}.
 */
public final class CheckProcess {

  private CheckProcess() {}

  /** Runs the checks of one local bundle and prints each as it happens. */
  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // Whatever a library prints must not mix with the checks.
    System.setOut(System.err);
    Bundle bundle = LocalBundles.readVerified(Path.of(args[0]), new Digest(args[1]));
    CheckLimits limits = new CheckLimits(Duration.parse(args[2]), Integer.parseInt(args[3]));
    new ModelChecks(
            new OnnxEngine(new ScoringLimit(1, 0, Duration.ZERO))::load,
            limits,
            name -> out.println(CheckLine.begins(name).line()),
            check -> out.println(CheckLine.ended(check).line()))
        .run(bundle);
  }
}
