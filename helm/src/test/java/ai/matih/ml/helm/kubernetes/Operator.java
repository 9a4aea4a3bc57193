package ai.matih.ml.helm.kubernetes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * KubeRay's own operator, beside the cluster instead of in it, for one namespace. {@code
 * -Dmatih.kubernetes.operator} names its program.
 */
record Operator(Process process) implements AutoCloseable {

  static Operator of(Cluster cluster, String namespace) throws IOException {
    ProcessBuilder program =
        new ProcessBuilder(
                Objects.requireNonNull(System.getProperty("matih.kubernetes.operator")),
                "--enable-leader-election=false",
                "--metrics-addr=127.0.0.1:0",
                "--health-probe-bind-address=127.0.0.1:0",
                "--watch-namespace=" + namespace,
                "--use-kubernetes-proxy")
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target", "kuberay-" + namespace + ".log").toFile());
    program.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
    return new Operator(program.start());
  }

  @Override
  public void close() {
    process.destroy();
    process
        .onExit()
        .orTimeout(20, TimeUnit.SECONDS)
        .exceptionally(_ -> process.destroyForcibly())
        .join();
  }
}
