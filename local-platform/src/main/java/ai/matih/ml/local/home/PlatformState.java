package ai.matih.ml.local.home;

import ai.matih.ml.local.process.ProcessIdentity;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a running platform tells the world, kept as a JSON file in its home. It names the file of
 * the secrets but holds none itself.
 *
 * @param message why the phase is what it is, when that needs words
 * @param python the interpreter with Ray, MLflow and Feast
 * @param addresses by name: api, training, registry, features, serving, postgres, s3, mlflow,
 *     feast, ray, ray_agent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PlatformState(
    String owner,
    Phase phase,
    @Nullable String message,
    @Nullable Supervisor supervisor,
    Instant since,
    String credentials,
    String python,
    Map<String, URI> addresses,
    List<Part> parts) {

  /** The life of a platform as a whole. */
  public enum Phase {
    STARTING,
    READY,
    DEGRADED,
    STOPPING,
    STOPPED,
    FAILED
  }

  /** The life of one part. */
  public enum PartPhase {
    WAITING,
    STARTING,
    READY,
    UNHEALTHY,
    BACKING_OFF,
    STOPPED
  }

  /** The process that watches the others. */
  public record Supervisor(long pid, Instant startedAt) {
    public ProcessIdentity identity() {
      return new ProcessIdentity(pid, startedAt);
    }
  }

  /**
   * One program of the platform.
   *
   * @param fingerprint of the specification it was started from; another one means it must be
   *     started again
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Part(
      String name,
      PartPhase phase,
      @Nullable Long pid,
      @Nullable Instant startedAt,
      int port,
      int restarts,
      @Nullable Long readyAfterMillis,
      @Nullable String lastFailure,
      String log,
      @Nullable String fingerprint) {

    /** The same part after its end. */
    public Part stopped() {
      return new Part(
          name, PartPhase.STOPPED, null, null, port, restarts, null, lastFailure, log, null);
    }

    /** The process that was started from exactly this specification. */
    public Optional<ProcessIdentity> process(String specification) {
      return specification.equals(fingerprint) ? identity() : Optional.empty();
    }

    public Optional<ProcessIdentity> identity() {
      return pid == null || startedAt == null
          ? Optional.empty()
          : Optional.of(new ProcessIdentity(pid, startedAt));
    }
  }

  public PlatformState {
    addresses = Map.copyOf(addresses);
    parts = List.copyOf(parts);
  }

  /** The stored state; empty when the platform never ran or was reset. */
  public static Optional<PlatformState> read(Path file) throws IOException {
    try {
      return Files.exists(file)
          ? Optional.of(Json.read(file, PlatformState.class))
          : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** The folder of the Python environment that {@link #python} belongs to. */
  public Path pythonEnvironment() {
    return Path.of(python).resolve("../..").normalize();
  }

  public URI address(String name) {
    var address = addresses.get(name);
    if (address == null) {
      throw new IllegalArgumentException(
          "The platform has no address of " + name + ": " + addresses.keySet());
    }
    return address;
  }

  /** True while the process that watches the others lives. */
  public boolean supervised() {
    return supervisor != null && supervisor.identity().alive();
  }
}
