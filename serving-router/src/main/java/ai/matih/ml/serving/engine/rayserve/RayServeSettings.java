package ai.matih.ml.serving.engine.rayserve;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Ray Serve as this router uses it. Without a URL and a token the engine is not offered.
 *
 * @param url of Ray's dashboard, which takes the configuration
 * @param token of the Ray cluster
 * @param predictions URL of Ray Serve's HTTP proxy; its port is the one that Serve is told to take
 * @param host the address that Serve's proxies listen on
 * @param proxies where there is a proxy: {@code HeadOnly} or {@code EveryNode}
 * @param cpusPerReplica what a replica reserves when its deployment does not say
 * @param targetOngoingRequests calls of one replica at once before another one is started, when its
 *     deployment does not say
 * @param upscaleDelay how long there has to be too much work before a replica is started
 * @param downscaleDelay how long there has to be too little before one ends
 * @param patience how long an answer may take
 * @param check how often the configuration is held against what runs
 * @param maxModel largest bundle; Ray keeps it in the memory of its head
 */
@ConfigurationProperties("serving.ray-serve")
public record RayServeSettings(
    @DefaultValue("") String url,
    @DefaultValue("") String token,
    @DefaultValue("http://localhost:8100") URI predictions,
    @DefaultValue("0.0.0.0") String host,
    @DefaultValue("HeadOnly") String proxies,
    @DefaultValue("1") double cpusPerReplica,
    @DefaultValue("4") int targetOngoingRequests,
    @DefaultValue("PT5S") Duration upscaleDelay,
    @DefaultValue("PT60S") Duration downscaleDelay,
    @DefaultValue("PT10S") Duration patience,
    @DefaultValue("PT2S") Duration check,
    @DefaultValue("200MB") DataSize maxModel) {}
