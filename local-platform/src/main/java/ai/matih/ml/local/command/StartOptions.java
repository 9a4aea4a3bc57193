package ai.matih.ml.local.command;

import ai.matih.ml.local.suite.PlatformPorts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where and how a platform starts, for every command that may start one. */
final class StartOptions {

  @Option(names = "--port", paramLabel = "N", description = "the public door's port (8000)")
  private @Nullable Integer port;

  @Option(names = "--port-offset", paramLabel = "N", description = "moves all ports")
  private @Nullable Integer offset;

  @Option(names = "--no-checks", description = "start although memory or disk look too small")
  private boolean unchecked;

  private List<String> parts = List.of();

  /** Options of a platform beside the one that people use. */
  static StartOptions atOffset(int offset) {
    var options = new StartOptions();
    options.offset = offset;
    return options;
  }

  /** Only these parts and what they need; all when there are none. */
  StartOptions only(List<String> names) {
    parts = List.copyOf(names);
    return this;
  }

  List<String> parts() {
    return parts;
  }

  boolean checked() {
    return !unchecked;
  }

  boolean namePorts() {
    return port != null || offset != null;
  }

  PlatformPorts ports() {
    var ports = PlatformPorts.withOffset(offset == null ? 0 : offset);
    return new PlatformPorts(port == null ? ports.door() : port, ports.offset());
  }
}
