package ai.matih.ml.training.dataset;

import java.util.Optional;

/**
 * One column of a table.
 *
 * @param type a word of {@link ColumnType}
 * @param missing rows without a value
 * @param typeSource empty for versions of the time before it was told
 * @param index true for a column that pandas wrote as the index of its frame; not learned from
 *     unless a job names it; absent otherwise
 * @param note what a reader of a guess should know, in a sentence
 */
public record Column(
    String name,
    String type,
    long missing,
    Optional<TypeSource> typeSource,
    Optional<Boolean> index,
    Optional<String> note) {

  /** Where the type of a column comes from. */
  public enum TypeSource {
    /** The caller declared it with the upload. */
    DECLARED,
    /** All values of a CSV column have its form. */
    GUESSED,
    /** The Parquet file declares it. */
    FILE
  }

  public Column(String name, String type, long missing) {
    this(name, type, missing, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
