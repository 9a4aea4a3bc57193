package ai.matih.ml.serving.traffic;

/**
 * The pure function from a unit to its target: a hash into 10,000 buckets and one look into a
 * table.
 */
public final class Assignment {

  private final String salt;
  private final short[] owners;

  /** Of a split with at least one target. */
  public Assignment(String salt, Split split) {
    this.salt = salt;
    int[] table = split.owners();
    this.owners = new short[table.length];
    for (int b = 0; b < table.length; b++) {
      owners[b] = (short) table[b];
    }
  }

  /** The bucket of a unit, from 0 to 9,999. */
  public int bucket(String unit) {
    return (int) Long.remainderUnsigned(UnitHash.of(salt, unit), Weight.ALL_BPS);
  }

  /** The index of the target that owns a bucket. */
  public int target(int bucket) {
    return owners[bucket];
  }
}
