package ai.matih.ml.local.install;

import java.nio.file.Path;
import java.util.Optional;

/** The folder of installed programs, shared by all platforms and tests of one user. */
public record Cache(Path folder) {

  /** {@code MATIH_ML_CACHE}, or the folder {@code cache} of the given home. */
  public static Cache under(Path home) {
    return new Cache(
        Optional.ofNullable(System.getenv("MATIH_ML_CACHE"))
            .map(Path::of)
            .orElseGet(() -> home.resolve("cache"))
            .toAbsolutePath());
  }

  public Installation installation(String name) {
    return new Installation(folder.resolve(name));
  }
}
