package ai.matih.ml.serving.routing;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this router follows what is wanted.
 *
 * @param dataDir local folder for this router's name and the last plan
 * @param beat the longest time between two looks at the database
 */
@ConfigurationProperties("serving.routing")
public record RoutingSettings(
    @DefaultValue("data/serving-router") Path dataDir, @DefaultValue("PT1S") Duration beat) {}
