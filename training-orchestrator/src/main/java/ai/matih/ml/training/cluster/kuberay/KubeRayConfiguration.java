package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.common.storage.StorageSettings;
import ai.matih.ml.training.cluster.ClusterSettings;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.cluster.LogEnd;
import ai.matih.ml.training.cluster.TrainingCluster;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires KubeRay as the cluster, when it is the chosen one. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "training.cluster.backend", havingValue = "kuberay")
class KubeRayConfiguration {

  @Bean
  TrainingCluster kubeRayTrainingCluster(
      ClusterSettings cluster, StorageSettings storage, MeterRegistry meters, Clock clock) {
    return cluster(cluster, List.of(storage.secretKey()), CodePackage.ofThisBuild(), meters, clock);
  }

  static KubeRayTrainingCluster cluster(
      ClusterSettings cluster,
      List<String> secrets,
      CodePackage code,
      MeterRegistry meters,
      Clock clock) {
    KubeRaySettings settings = cluster.kuberay();
    if (settings.image().isBlank()) {
      throw new IllegalArgumentException(
          "training.cluster.kuberay.image must be set for the backend kuberay");
    }
    return new KubeRayTrainingCluster(
        server(client(settings, true), cluster, meters),
        server(client(settings, false), cluster, meters),
        settings,
        code,
        new LogEnd((int) cluster.logTail().toBytes(), secrets),
        clock);
  }

  private static ApiServer server(ApiClient client, ClusterSettings cluster, MeterRegistry meters) {
    return new ApiServer(client, cluster.readTimeout(), cluster.maxConcurrentCalls(), meters);
  }

  private static ApiClient client(KubeRaySettings settings, boolean withCredential) {
    try {
      ClientBuilder builder =
          settings.kubeconfig().isEmpty()
              ? ClientBuilder.cluster()
              : fromFile(Path.of(settings.kubeconfig()));
      if (!withCredential) {
        builder.setAuthentication(null);
      }
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("no way to the API server of Kubernetes", e);
    }
  }

  private static ClientBuilder fromFile(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      KubeConfig config = KubeConfig.loadKubeConfig(reader);
      config.setFile(file.toFile());
      return ClientBuilder.kubeconfig(config);
    }
  }
}
