package ai.matih.ml.local.suite;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Finds out, before anything starts, what would make the platform fail, and what to do about it.
 */
public final class Preflight {

  static final long MEMORY_NEEDED = 3L << 30;
  static final long DISK_NEEDED = 2L << 30;

  private static final int LAST_OFFSET = 50_000;

  private Preflight() {}

  /**
   * Problems with their remedy; none: go ahead.
   *
   * @param parts names of those that will start
   * @param ours ports on which something listens that will be taken over
   */
  public static List<String> problems(Settings settings, Set<String> parts, Set<Integer> ours)
      throws IOException {
    var problems = new ArrayList<String>();
    var needed = new LinkedHashMap<>(settings.ports().owners());
    needed.values().retainAll(parts);
    needed.keySet().removeAll(ours);
    ports(settings.ports(), needed, Preflight::busy).ifPresent(problems::add);
    memory(availableMemory()).ifPresent(problems::add);
    var folder = existing(settings.homeFolder().folder());
    disk(Files.getFileStore(folder).getUsableSpace(), folder).ifPresent(problems::add);
    return problems;
  }

  static Optional<String> ports(
      PlatformPorts ports, Map<Integer, String> needed, IntPredicate busy) {
    var taken =
        needed.entrySet().stream()
            .filter(entry -> busy.test(entry.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    var list =
        taken.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getKey() + " (for " + entry.getValue() + ")")
            .collect(Collectors.joining(", "));
    var onlyDoor = taken.size() == 1 && taken.containsKey(ports.door());
    var remedy =
        onlyDoor
            ? "./ml up --port " + freeDoor(ports, busy)
            : "./ml up --port-offset " + freeOffset(ports, busy);
    return Optional.of(
        "Another program uses port %s. Stop it, or choose other ports: %s".formatted(list, remedy));
  }

  private static int freeDoor(PlatformPorts ports, IntPredicate busy) {
    var port = ports.door() + 50;
    while (busy.test(port)) {
      port++;
    }
    return port;
  }

  private static int freeOffset(PlatformPorts ports, IntPredicate busy) {
    var offset = ports.offset() + 100;
    while (offset < LAST_OFFSET
        && PlatformPorts.withOffset(offset).owners().keySet().stream().anyMatch(busy::test)) {
      offset += 100;
    }
    return offset;
  }

  static Optional<String> memory(long available) {
    return available >= MEMORY_NEEDED
        ? Optional.empty()
        : Optional.of(
            "Only %.1f GB of memory are available; the platform needs about 4. Close other programs or give this machine more, or try anyway: ./ml up --no-checks"
                .formatted(available / (double) (1 << 30)));
  }

  static Optional<String> disk(long free, Path folder) {
    return free >= DISK_NEEDED
        ? Optional.empty()
        : Optional.of(
            "Only %.1f GB are free at %s; the platform needs 2. Free some, or choose another place: ./ml up --home FOLDER"
                .formatted(free / (double) (1 << 30), folder));
  }

  /** Memory that programs may still take, the limit of a container considered. */
  private static long availableMemory() throws IOException {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    var total = system.getTotalMemorySize();
    var meminfo = Path.of("/proc/meminfo");
    if (!Files.isReadable(meminfo)) {
      return total / 2;
    }
    try (var lines = Files.lines(meminfo, StandardCharsets.US_ASCII)) {
      var available =
          lines
              .filter(line -> line.startsWith("MemAvailable:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
              .findFirst()
              .orElse(total / 2);
      return Math.min(available, total);
    }
  }

  /** True when nobody can listen there now. */
  public static boolean busy(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  private static Path existing(Path folder) {
    var current = folder.toAbsolutePath();
    while (!Files.exists(current) && current.getParent() != null) {
      current = current.getParent();
    }
    return current;
  }
}
