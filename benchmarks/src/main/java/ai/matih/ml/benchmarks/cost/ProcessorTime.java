package ai.matih.ml.benchmarks.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Processor time of processes, read from Linux's {@code /proc}. */
final class ProcessorTime {

  /** What the kernel counts in: a hundredth of a second on every Linux that Java runs on. */
  private static final double MICROS_PER_TICK = 10_000;

  private ProcessorTime() {}

  /**
   * Microseconds that a process and its descendants have used, in user and kernel mode; of those
   * that have ended, what their parents have waited for.
   */
  static double ofTree(long pid) throws IOException {
    ProcessHandle root =
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IOException("There is no process " + pid + " any more"));
    double micros = 0;
    List<ProcessHandle> all = Stream.concat(Stream.of(root), root.descendants()).toList();
    for (ProcessHandle process : all) {
      micros += of(process.pid());
    }
    return micros;
  }

  private static double of(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Files.exists(stat) ? micros(Files.readString(stat)) : 0;
  }

  /** The fields after the name, which stands in parentheses and may hold anything (proc(5)). */
  static double micros(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    // utime, stime, cutime, cstime: the 14th to 17th of all, of which two stand before these.
    long ticks = 0;
    for (int i = 11; i <= 14; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks * MICROS_PER_TICK;
  }
}
