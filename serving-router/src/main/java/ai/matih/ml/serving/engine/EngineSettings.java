package ai.matih.ml.serving.engine;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the engine in this process may take.
 *
 * @param bundles local folder of verified bundles
 * @param modelsBucket where the registry keeps bundles
 * @param concurrency calls that score at once; 0 for two per core
 * @param maxWaiting calls that may wait for a place
 * @param patience how long one waits
 * @param maxModel largest model file
 */
@ConfigurationProperties("serving.engine")
public record EngineSettings(
    @DefaultValue("data/serving-router/bundles") Path bundles,
    @DefaultValue("models") String modelsBucket,
    @DefaultValue("0") int concurrency,
    @DefaultValue("256") int maxWaiting,
    @DefaultValue("PT0.25S") Duration patience,
    @DefaultValue("512MB") DataSize maxModel) {

  int places() {
    return concurrency > 0 ? concurrency : 2 * Runtime.getRuntime().availableProcessors();
  }
}
