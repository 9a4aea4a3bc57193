package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.dataplane.BodyMemory;
import ai.matih.ml.common.dataplane.DataPlane;
import ai.matih.ml.common.dataplane.DataPlaneSettings;
import ai.matih.ml.common.web.WebSettings;
import ai.matih.ml.serving.openinference.ServedModels;
import ai.matih.ml.serving.prediction.Predict;
import ai.matih.ml.serving.prediction.PredictionSettings;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GrpcSettings.class)
class GrpcConfiguration {

  private static final int MAX_HEAD = 16 * 1024;

  /** A peer that is gone is noticed so. */
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

  private static final Duration MOST_PINGS = Duration.ofSeconds(10);
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofMinutes(10);

  @Bean
  GrpcServer grpcServer(
      GrpcSettings settings,
      WebSettings web,
      PredictionSettings predictions,
      DataPlane plane,
      DataPlaneSettings limits,
      BodyMemory memory,
      ServedModels models,
      Predict predict,
      MeterRegistry meters,
      @Value("${server.address:}") String address) {
    InetSocketAddress place =
        address.isEmpty()
            ? new InetSocketAddress(settings.port())
            : new InetSocketAddress(address, settings.port());
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            new DefaultThreadFactory("grpc-loop", true), NioIoHandler.newFactory());
    return new GrpcServer(
        NettyServerBuilder.forAddress(place)
            .channelFactory(() -> new BoundedListener(limits.maxConnections()))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .executor(
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("grpc-", 0).factory()))
            .maxInboundMessageSize(Math.toIntExact(web.maxJson().toBytes()))
            .maxInboundMetadataSize(MAX_HEAD)
            .maxConcurrentCallsPerConnection(Math.max(1, settings.maxCalls() / 4))
            .addStreamTracerFactory(Incoming.of(memory))
            .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(MOST_PINGS.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionIdle(IDLE.toSeconds(), TimeUnit.SECONDS)
            .handshakeTimeout(HANDSHAKE.toSeconds(), TimeUnit.SECONDS)
            .addService(new InferenceService(models, predict, new Messages(predictions.maxRows())))
            // The last one is asked first.
            .intercept(new Places(settings.maxCalls(), limits.requestTimeout(), loops))
            .intercept(new Admission(plane))
            .intercept(new MetricCollectingServerInterceptor(meters))
            .build(),
        loops,
        settings.drain());
  }
}
