package ai.matih.ml.serving.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An assignment ... */
class AssignmentTests {

  private static final int UNITS = 200_000;

  /** The published vectors of XXH64, so that any language with it finds the same bucket. */
  @Test
  void hashes_by_the_published_algorithm() {
    assertThat(UnitHash.of(utf8(""))).isEqualTo(0xEF46DB3751D8E999L);
    assertThat(UnitHash.of(utf8("a"))).isEqualTo(0xD24EC4F1A98C6E5BL);
    assertThat(UnitHash.of(utf8("abc"))).isEqualTo(0x44BC2CF5AD770999L);
    assertThat(UnitHash.of(utf8("Nobody inspects the spammish repetition")))
        .isEqualTo(0xFBCEA83C8A378BF1L);
  }

  /**
   * Chi-square over 20 groups of buckets: 43.8 is exceeded by a fair hash once in a thousand salts.
   */
  @Test
  void spreads_units_evenly_whatever_the_salt() {
    for (String salt : List.of("", "a", "b", "0123456789abcdef01234567", "ffffff")) {
      Assignment assignment = new Assignment(salt, split(5000));
      int groups = 20;
      int[] counts = new int[groups];
      for (int i = 0; i < UNITS; i++) {
        counts[assignment.bucket("user-" + i) * groups / Weight.ALL_BPS]++;
      }
      double expected = (double) UNITS / groups;
      double chiSquare = 0;
      for (int count : counts) {
        chiSquare += (count - expected) * (count - expected) / expected;
      }
      assertThat(chiSquare).as("salt '%s'", salt).isLessThan(43.8);
    }
  }

  @Test
  void gives_each_target_its_share_of_units() {
    Assignment assignment = new Assignment("salt", split(1000));
    int canary = 0;
    for (int i = 0; i < UNITS; i++) {
      canary += assignment.target(assignment.bucket("user-" + i));
    }
    double share = (double) canary / UNITS;
    // Four standard errors of a share of 10 %.
    assertThat(share).isBetween(0.1 - 4 * 0.00067, 0.1 + 4 * 0.00067);
  }

  @Test
  void keeps_a_unit_where_it_is_while_weights_grow() {
    Split small = split(1000);
    Split larger = small.reshared(List.of(share(1, "stable", 7500), share(2, "canary", 2500)));
    Assignment before = new Assignment("salt", small);
    Assignment after = new Assignment("salt", larger);
    int moved = 0;
    for (int i = 0; i < UNITS; i++) {
      String unit = "user-" + i;
      int from = before.target(before.bucket(unit));
      int to = after.target(after.bucket(unit));
      if (from == 1) {
        assertThat(to).as("a canary unit stays with the growing canary").isEqualTo(1);
      }
      moved += from == to ? 0 : 1;
    }
    assertThat((double) moved / UNITS).isBetween(0.145, 0.155);
  }

  @Test
  void picks_other_people_with_another_salt() {
    Assignment one = new Assignment("one", split(5000));
    Assignment other = new Assignment("other", split(5000));
    int same = 0;
    for (int i = 0; i < UNITS; i++) {
      String unit = "user-" + i;
      same += one.target(one.bucket(unit)) == other.target(other.bucket(unit)) ? 1 : 0;
    }
    assertThat((double) same / UNITS).isBetween(0.49, 0.51);
  }

  private static Split split(int canaryBps) {
    return Split.NOTHING.reshared(
        List.of(share(1, "stable", Weight.ALL_BPS - canaryBps), share(2, "canary", canaryBps)));
  }

  private static Share share(long version, String variant, int bps) {
    return new Share(version, "d" + version, variant, new Weight(bps));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
