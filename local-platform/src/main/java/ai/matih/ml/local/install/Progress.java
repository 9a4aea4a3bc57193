package ai.matih.ml.local.install;

/** Somebody who wants to know what takes so long. */
@FunctionalInterface
public interface Progress {

  void report(String line);

  /** Tells nobody. */
  static Progress silent() {
    return line -> {};
  }
}
