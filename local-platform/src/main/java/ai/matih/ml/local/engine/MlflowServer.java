package ai.matih.ml.local.engine;

import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.Readiness;
import ai.matih.ml.local.process.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;

/**
 * MLflow's tracking server: workspaces on, its own job runner off, metadata in PostgreSQL,
 * artifacts in S3.
 */
public record MlflowServer(Path python, Mlflow access, Database database, S3 store) {

  public ProcessSpec spec(Path folder, Path log) {
    var environment = new HashMap<>(store.awsEnvironment());
    environment.put("MLFLOW_S3_ENDPOINT_URL", store.endpoint().toString());
    // Without this, ten processes and 2.4 GB instead of two and 0.5.
    environment.put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    environment.put(
        "MLFLOW_BACKEND_STORE_URI",
        "postgresql+psycopg2://%s:%s@%s:%d/%s"
            .formatted(
                database.user(),
                database.password(),
                database.server().host(),
                database.server().port(),
                database.name()));
    environment.put("MLFLOW_SQLALCHEMYSTORE_POOL_SIZE", "5");
    environment.put("MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW", "10");
    environment.put("DO_NOT_TRACK", "true");
    environment.put("MLFLOW_DISABLE_TELEMETRY", "true");
    environment.put("GIT_PYTHON_REFRESH", "quiet");
    environment.put("PYTHONUNBUFFERED", "1");
    environment.put("OMP_NUM_THREADS", "1");
    environment.put("MALLOC_ARENA_MAX", "2");
    return new ProcessSpec(
        "mlflow",
        List.of(
            python.toString(),
            "-m",
            "mlflow",
            "server",
            "--host",
            access.url().getHost(),
            "--port",
            Integer.toString(access.url().getPort()),
            "--workers",
            "1",
            "--artifacts-destination",
            "s3://mlflow",
            "--default-artifact-root",
            "mlflow-artifacts:/",
            "--serve-artifacts",
            "--enable-workspaces"),
        environment,
        folder,
        log,
        access.url().getPort(),
        Readiness.http(access.url().resolve("/health"), 200),
        Duration.ofMinutes(8),
        StopSignal.TERM,
        Duration.ofSeconds(8));
  }
}
