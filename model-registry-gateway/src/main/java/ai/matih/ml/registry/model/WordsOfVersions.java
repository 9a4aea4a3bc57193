package ai.matih.ml.registry.model;

import java.util.Optional;

/** What people said about versions that jobs are still to make, by job. */
public interface WordsOfVersions {

  /** What a person says about a version. */
  record Words(Optional<String> semanticVersion, Optional<String> description) {

    public static final Words NONE = new Words(Optional.empty(), Optional.empty());

    /** These words where they are, the others where not. */
    Words or(Words others) {
      return new Words(
          semanticVersion.or(others::semanticVersion), description.or(others::description));
    }
  }

  /** Keeps the words until the job's version is there; later ones replace earlier ones. */
  void keep(String job, Words words);

  /** The words about a job's version, which are forgotten with it; none when nobody said any. */
  Words take(String job);
}
