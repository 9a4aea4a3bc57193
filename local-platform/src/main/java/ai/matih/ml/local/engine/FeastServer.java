package ai.matih.ml.local.engine;

import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.Readiness;
import ai.matih.ml.local.process.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;

/**
 * The project's own Feast server, package {@code matih_feast}.
 *
 * @param sources the folder that holds the package
 */
public record FeastServer(Path python, Path sources, Feast access) {

  public ProcessSpec spec(Path folder, Path log) {
    var store = access.store();
    var environment = new HashMap<>(store.awsEnvironment());
    environment.put("PYTHONPATH", sources.toString());
    environment.put("PYTHONUNBUFFERED", "1");
    environment.put("OMP_NUM_THREADS", "1");
    environment.put("MALLOC_ARENA_MAX", "2");
    environment.put("FEAST_USAGE", "False");
    environment.put("FEAST_HOST", access.url().getHost());
    environment.put("FEAST_PORT", Integer.toString(access.url().getPort()));
    environment.put("FEAST_TOKEN", access.token());
    environment.put("FEAST_DATABASE_URL", access.database().url());
    environment.put("FEAST_DATABASE_USER", access.database().user());
    environment.put("FEAST_DATABASE_PASSWORD", access.database().password());
    environment.put("S3_ENDPOINT", store.endpoint().toString());
    environment.put("S3_ACCESS_KEY", store.accessKey());
    environment.put("S3_SECRET_KEY", store.secretKey());
    environment.put("S3_REGION", store.region());
    return new ProcessSpec(
        "feast",
        List.of(python.toString(), "-m", "matih_feast"),
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
