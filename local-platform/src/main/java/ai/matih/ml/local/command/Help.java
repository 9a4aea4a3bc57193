package ai.matih.ml.local.command;

/** Lists the commands a person needs. */
final class Help {

  private static final String TEXT =
      """
      ./ml runs the whole suite on this machine. It needs JDK 25 and Python 3.11 to 3.13.

        up       start everything: PostgreSQL, S3, Ray, MLflow, Feast and the five services
                   --port N         the public door's port (8000)
                   --port-offset N  moves all ports
                   --only a,b       only these parts and what they need
                   --no-checks      start although memory or disk look too small
        demo     start if needed, then walk one model from raw data to a governed prediction
        status   what runs, where, with how much memory [--json]
        logs     [part] [-f] [-n LINES]
        key      print an API key: the first admin's, or a new one
                   [--role viewer|data-scientist|ml-engineer|reviewer|operator|admin|inference]
                   [--tenant T] [--principal user:NAME] [--expires-in PT24H]
        secrets  print fresh secrets for a Kubernetes cluster: ./ml secrets | kubectl create -f -
        test     [unit|all|acceptance ...] run the tests on a platform of their own
                   --keep           leave that platform running afterwards
                 kubernetes         the charts on a Kubernetes that this machine runs itself;
                                    builds it first, once, from sources (Go, 20 to 40 minutes);
                                    api, node: only with simulated nodes, only on a real one
        bench    startup | door | registry
        verify-bundle FILE  check an evidence bundle, without any platform
                   --key FILE       the registry's public keys (JWKS)
        down     stop everything
        reset    delete this platform's data [--yes]
        help     this text

      All commands: --home FOLDER, default MATIH_ML_HOME or ~/.matih-ml.
      MATIH_PYTHON names a Python, MATIH_MINIO a MinIO program, MATIH_ML_CACHE the folder of installed programs.
      """;

  private Help() {}

  static int run() {
    System.out.print(TEXT);
    return 0;
  }
}
