package ai.matih.ml.training.packages;

import java.util.Optional;

/** The packages of the tenant in scope. */
public interface UserPackages {

  Optional<UserPackage> find(String digest);

  /** Stores a package with its audit row, or finds the one of the same bytes. Repeatable. */
  Stored store(UserPackage uploaded);

  /**
   * What is stored.
   *
   * @param created whether it is new
   */
  record Stored(UserPackage stored, boolean created) {}
}
