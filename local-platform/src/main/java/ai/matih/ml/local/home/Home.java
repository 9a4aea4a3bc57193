package ai.matih.ml.local.home;

import ai.matih.ml.local.install.Cache;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of one platform and the names of what lies in it.
 *
 * @param cache where installed programs lie; platforms may share it
 */
public record Home(Path folder, Cache cache) {

  public Home {
    folder = folder.toAbsolutePath().normalize();
  }

  public Home(Path folder) {
    this(folder, Cache.under(folder));
  }

  /** A platform beside this one that shares its installed programs. */
  public Home beside(String name) {
    return new Home(folder.resolve(name), cache);
  }

  /** {@code MATIH_ML_HOME}, or {@code ~/.matih-ml}. */
  public static Home standard() {
    return new Home(
        Optional.ofNullable(System.getenv("MATIH_ML_HOME"))
            .filter(text -> !text.isBlank())
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".matih-ml")));
  }

  public Path state() {
    return folder.resolve("state.json");
  }

  public Path settings() {
    return folder.resolve("settings.json");
  }

  public Path credentials() {
    return folder.resolve("credentials.json");
  }

  public Path adminKey() {
    return folder.resolve("admin.key");
  }

  public Path keys() {
    return folder.resolve("keys");
  }

  public Path data() {
    return folder.resolve("data");
  }

  /** Things that only matter while the platform runs. */
  public Path run() {
    return folder.resolve("run");
  }

  public Path logs() {
    return folder.resolve("logs");
  }

  public Path log(String part) {
    return logs().resolve(part + ".log");
  }

  /** Tells the guard of the supervisor that its end is wanted. */
  public Path stopRequest() {
    return run().resolve("stop");
  }

  /** A short folder for Unix sockets, whose paths may have about 100 characters only. */
  public Path sockets() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "matih-ray-" + Secret.sha256(folder.toString()).substring(0, 8));
  }

  /** The mark that all processes of this home carry. */
  public String owner() {
    return folder.toString();
  }
}
