package ai.matih.ml.serving.openinference.grpc;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The gRPC listener.
 *
 * @param port where it listens; 0 for any free one
 * @param maxCalls calls at once, a quarter of them on one connection; more are refused
 * @param drain how long calls may take to end when the router ends
 */
@ConfigurationProperties("serving.grpc")
record GrpcSettings(
    @DefaultValue("0") int port,
    @DefaultValue("256") int maxCalls,
    @DefaultValue("PT20S") Duration drain) {}
