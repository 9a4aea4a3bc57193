package ai.matih.ml.training.cluster.kuberay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.storage.StorageSettings;
import ai.matih.ml.training.cluster.ClusterSettings;
import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.cluster.TrainingCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** The choice of KubeRay. */
class KubeRayConfigurationTests {

  @Configuration
  @EnableConfigurationProperties({ClusterSettings.class, StorageSettings.class})
  static class Surroundings {}

  private final FakeKubernetes kubernetes = new FakeKubernetes("jobs-acme");
  @TempDir private Path folder;
  private ApplicationContextRunner service;

  @BeforeEach
  void prepare() throws IOException {
    service =
        new ApplicationContextRunner()
            .withUserConfiguration(Surroundings.class, KubeRayConfiguration.class)
            .withBean(SimpleMeterRegistry.class)
            .withBean(Clock.class, Clock::systemUTC)
            .withPropertyValues(
                "matih.storage.endpoint=http://s3",
                "matih.storage.access-key=a",
                "matih.storage.secret-key=s",
                "training.cluster.kuberay.kubeconfig=" + kubernetes.kubeconfig(folder));
  }

  @AfterEach
  void end() {
    kubernetes.close();
  }

  @Test
  void is_made_by_one_setting_and_talks_to_the_server() {
    service
        .withPropertyValues(
            "training.cluster.backend=kuberay", "training.cluster.kuberay.image=local/ray:1")
        .run(
            context ->
                assertThat(context.getBean(TrainingCluster.class).session())
                    .startsWith("kubernetes-"));
  }

  @Test
  void is_not_made_by_default() {
    service.run(context -> assertThat(context).doesNotHaveBean(TrainingCluster.class));
  }

  @Test
  void needs_an_image_and_names_the_setting() {
    service
        .withPropertyValues("training.cluster.backend=kuberay")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("training.cluster.kuberay.image"));
  }

  @Test
  void has_settings_that_can_all_be_set() {
    service
        .withPropertyValues(
            "training.cluster.kuberay.namespace=jobs-{tenant}",
            "training.cluster.kuberay.image=r/ray:2",
            "training.cluster.kuberay.ray-version=2.61.0",
            "training.cluster.kuberay.queue=q",
            "training.cluster.kuberay.pull-secret=p",
            "training.cluster.kuberay.storage-secret=s",
            "training.cluster.kuberay.head-cpus=2",
            "training.cluster.kuberay.head-memory=8GB",
            "training.cluster.kuberay.worker-memory=3GB",
            "training.cluster.kuberay.worker-overhead=512MB",
            "training.cluster.kuberay.node-selector.pool=ml",
            "training.cluster.kuberay.gpu-node-selector[nvidia.com/gpu.present]=true",
            "training.cluster.kuberay.gpu-taint=gpu",
            "training.cluster.kuberay.keep=2h",
            "training.cluster.kuberay.capacity[0].nodes=4",
            "training.cluster.kuberay.capacity[0].cpus=8",
            "training.cluster.kuberay.capacity[0].memory=32GB",
            "training.cluster.kuberay.capacity[0].gpus=1",
            "training.cluster.kuberay.capacity[0].accelerator=L40S")
        .run(
            context -> {
              KubeRaySettings settings = context.getBean(ClusterSettings.class).kuberay();
              assertThat(settings)
                  .isEqualTo(
                      new KubeRaySettings(
                          "jobs-{tenant}",
                          "r/ray:2",
                          "2.61.0",
                          "q",
                          "p",
                          "s",
                          settings.kubeconfig(),
                          2,
                          DataSize.ofGigabytes(8),
                          DataSize.ofGigabytes(3),
                          DataSize.ofMegabytes(512),
                          Map.of("pool", "ml"),
                          Map.of("nvidia.com/gpu.present", "true"),
                          "gpu",
                          Duration.ofHours(2),
                          java.util.List.of(
                              new KubeRaySettings.PoolSettings(
                                  4, 8, DataSize.ofGigabytes(32), 1, "L40S"))));
              assertThat(settings.namespaceOf("acme")).isEqualTo("jobs-acme");
            });
  }
}
