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

  /** What a unit is known by; says nothing about its name to whoever lacks the salt. */
  public long hash(String unit) {
    return hash(salt, unit);
  }

  /** The same, for a salt alone. */
  public static long hash(String salt, String unit) {
    return UnitHash.of(salt, unit);
  }

  /** The bucket of a unit, from 0 to 9,999. */
  public int bucket(String unit) {
    return bucketOf(hash(unit));
  }

  public static int bucketOf(long hash) {
    return (int) Long.remainderUnsigned(hash, Weight.ALL_BPS);
  }

  /** The index of the target that owns a bucket. */
  public int target(int bucket) {
    return owners[bucket];
  }
}
