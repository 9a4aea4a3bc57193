package ai.matih.ml.local.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreflightTests {

  private final PlatformPorts ports = PlatformPorts.withOffset(0);

  @Test
  void every_port_of_a_platform_is_its_own() {
    // Five services, one with two ports and one with three, four engines with one each, twelve
    // ports of Ray.
    assertThat(ports.owners()).hasSize(24);
    assertThat(ports.of(Service.ML_API)).isEqualTo(8000);
    assertThat(ports.of(Service.SERVING_ROUTER)).isEqualTo(8004);
    assertThat(ports.addresses())
        .containsKeys(
            "api",
            "training",
            "registry",
            "features",
            "serving",
            "predictions",
            "online_features",
            "grpc",
            "postgres",
            "s3",
            "mlflow",
            "feast",
            "ray",
            "ray_agent");
  }

  @Test
  void platforms_whose_offsets_differ_by_a_hundred_do_not_meet() {
    assertThat(ports.owners().keySet())
        .doesNotContainAnyElementsOf(PlatformPorts.withOffset(100).owners().keySet());
  }

  @Test
  void free_ports_are_no_problem() {
    assertThat(Preflight.ports(ports, ports.owners(), _ -> false)).isEmpty();
  }

  @Test
  void a_busy_door_alone_is_moved_alone() {
    assertThat(Preflight.ports(ports, ports.owners(), port -> port == 8000 || port == 8050))
        .contains(
            "Another program uses port 8000 (for ml-api). Stop it, or choose other ports: ./ml up --port 8051");
  }

  @Test
  void other_busy_ports_move_the_platform_to_where_all_are_free() {
    var busy = Set.of(8003, 8011, 8104);

    assertThat(Preflight.ports(ports, ports.owners(), busy::contains))
        .contains(
            "Another program uses port 8003 (for feature-gateway), 8011 (for s3). Stop it, or choose other ports: ./ml up --port-offset 200");
  }

  @Test
  void ports_that_are_not_needed_may_be_busy() {
    assertThat(Preflight.ports(ports, Map.of(8010, "postgres"), port -> port == 8000)).isEmpty();
  }

  @Test
  void a_listener_makes_a_port_busy() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(Preflight.busy(port)).isTrue();
    }
    assertThat(Preflight.busy(port)).isFalse();
  }

  @Test
  void too_little_memory_or_disk_is_told_with_what_to_do() {
    assertThat(Preflight.memory(Preflight.MEMORY_NEEDED)).isEmpty();
    assertThat(Preflight.memory(1L << 30).orElseThrow())
        .contains("Only 1.0 GB of memory", "Close other programs", "--no-checks");
    assertThat(Preflight.disk(Preflight.DISK_NEEDED, Path.of("/x"))).isEmpty();
    assertThat(Preflight.disk(0, Path.of("/x")).orElseThrow()).contains("/x", "--home");
  }

  @Test
  void ports_beyond_the_possible_are_refused() {
    assertThatThrownBy(() -> PlatformPorts.withOffset(60_000))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PlatformPorts(0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
