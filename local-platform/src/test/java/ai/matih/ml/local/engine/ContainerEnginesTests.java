package ai.matih.ml.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerEnginesTests {

  @TempDir Path folder;

  @Test
  void an_engine_whose_socket_listens_is_there() throws IOException {
    var socket = folder.resolve("docker.sock");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));

      assertThat(ContainerEngines.accepts(socket)).isTrue();
    }
  }

  @Test
  void a_socket_without_a_listener_or_no_socket_is_no_engine() throws IOException {
    var socket = folder.resolve("docker.sock");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }

    assertThat(Files.exists(socket)).isTrue();
    assertThat(ContainerEngines.accepts(socket)).isFalse();
    assertThat(ContainerEngines.accepts(folder.resolve("none"))).isFalse();
  }
}
