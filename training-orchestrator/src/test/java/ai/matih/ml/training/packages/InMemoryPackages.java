package ai.matih.ml.training.packages;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Packages of one tenant in memory. */
public final class InMemoryPackages implements UserPackages {

  private final Map<String, UserPackage> packages = new HashMap<>();

  @Override
  public Optional<UserPackage> find(String digest) {
    return Optional.ofNullable(packages.get(digest));
  }

  @Override
  public Stored store(UserPackage uploaded) {
    boolean created = packages.putIfAbsent(uploaded.digest(), uploaded) == null;
    return new Stored(packages.getOrDefault(uploaded.digest(), uploaded), created);
  }
}
