package ai.matih.ml.local.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A program to run: command, surroundings, when it counts as ready and how it is asked to end.
 *
 * @param environment added to the inherited environment, which loses everything that would change
 *     the program's behaviour behind our back (see {@link RunningProcess#start})
 * @param log standard output and error are appended to this file by the operating system, so the
 *     program survives the death of whoever started it
 * @param port the one people ask about; 0 when it has none
 */
public record ProcessSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Path log,
    int port,
    Readiness readiness,
    Duration startPatience,
    StopSignal stopSignal,
    Duration stopPatience) {

  public ProcessSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
