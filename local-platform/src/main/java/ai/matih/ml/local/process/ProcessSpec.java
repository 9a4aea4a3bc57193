package ai.matih.ml.local.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

  /**
   * Equal for specifications that run the same program in the same way, whether or not its classes
   * are cached; tells nothing about the secrets in it.
   */
  public String fingerprint() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      command.stream()
          .filter(part -> !part.startsWith("-XX:AOT"))
          .forEach(part -> digest.update((part + "\0").getBytes(StandardCharsets.UTF_8)));
      new TreeMap<>(environment)
          .forEach(
              (name, value) ->
                  digest.update((name + "=" + value + "\0").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
