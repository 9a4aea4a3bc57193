package ai.matih.ml.serving.trial.process;

import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.BundleDigest;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.engine.onnx.OnnxEngine;
import ai.matih.ml.serving.trial.ModelChecks;
import ai.matih.ml.serving.trial.TrialTerms;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The main class of the throw-away process: {@code folder digest latency-budget min-golden-rows}.
 */
public final class TrialProcess {

  private TrialProcess() {}

  /** Runs the checks of one local bundle and prints each as it happens. */
  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // Whatever a library prints must not mix with the checks.
    System.setOut(System.err);
    Bundle bundle = LocalBundles.readVerified(Path.of(args[0]), new BundleDigest(args[1]));
    TrialTerms terms = new TrialTerms(Duration.parse(args[2]), Integer.parseInt(args[3]));
    new ModelChecks(
            new OnnxEngine(),
            terms,
            name -> out.println(TrialWire.begins(name).line()),
            check -> out.println(TrialWire.ended(check).line()))
        .run(bundle);
  }
}
