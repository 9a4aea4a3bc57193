package ai.matih.ml.serving.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A split ... */
class SplitTests {

  @Test
  void deals_every_bucket_to_exactly_one_target() {
    Split split = split(share(1, "stable", 9000), share(2, "canary", 1000));

    int[] owners = split.owners();
    assertThat(owners).hasSize(10_000);
    assertThat(Arrays.stream(owners).filter(owner -> owner == 0).count()).isEqualTo(9000);
    assertThat(Arrays.stream(owners).filter(owner -> owner == 1).count()).isEqualTo(1000);
  }

  @Test
  void refuses_weights_that_do_not_sum_to_everything() {
    assertThatThrownBy(() -> split(share(1, "stable", 9000), share(2, "canary", 999)))
        .hasMessageContaining("sum to 9999");
    assertThatThrownBy(() -> split(share(1, "stable", 9000), share(2, "canary", 1001)))
        .hasMessageContaining("sum to 10001");
    assertThatThrownBy(() -> new Weight(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Weight(10_001)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_a_version_or_a_variant_twice() {
    assertThatThrownBy(() -> split(share(1, "a", 5000), share(1, "b", 5000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> split(share(1, "a", 5000), share(2, "a", 5000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_buckets_that_overlap_or_leave_a_gap() {
    Target first = new Target(1, "d", "a", new Weight(5000), List.of(new BucketRange(0, 5000)));
    Target overlapping =
        new Target(2, "e", "b", new Weight(5000), List.of(new BucketRange(4999, 9999)));
    assertThatThrownBy(() -> new Split(List.of(first, overlapping)))
        .hasMessageContaining("two targets");
    assertThatThrownBy(() -> new Split(List.of(first))).hasMessageContaining("do not sum");
  }

  /** Moves nobody who need not move, over many random changes of weights, targets and order. */
  @Test
  void moves_only_as_many_buckets_as_the_weights_demand() {
    Random random = new Random(42);
    Split before = split(share(1, "stable", 10_000));
    int moved = 0;
    for (int round = 0; round < 500; round++) {
      List<Share> shares = randomShares(random);
      Split after = before.reshared(shares);
      long[] ownersBefore = versions(before);
      long[] ownersAfter = versions(after);
      int changed = 0;
      for (int b = 0; b < Weight.ALL_BPS; b++) {
        changed += ownersBefore[b] == ownersAfter[b] ? 0 : 1;
      }
      int demanded = 0;
      for (Share share : shares) {
        demanded += Math.max(0, share.weight().bps() - before.weightOf(share.version()).bps());
      }
      assertThat(changed).isEqualTo(demanded);
      moved += changed;
      before = after;
    }
    assertThat(moved).isPositive();
  }

  @Test
  void keeps_every_bucket_when_nothing_changes() {
    Split split = split(share(1, "stable", 7000), share(2, "canary", 3000));
    assertThat(split.reshared(split.shares())).isEqualTo(split);
  }

  /** Who is moved back and forth sees two versions; it is the latest who go back first. */
  @Test
  void lets_the_units_leave_first_that_came_last() {
    Split none = split(share(1, "stable", 10_000));
    List<Split> grown = new ArrayList<>(List.of(none));
    for (int weight : new int[] {100, 500, 2500, 5000}) {
      grown.add(
          grown
              .getLast()
              .reshared(
                  List.of(
                      share(1, "stable", Weight.ALL_BPS - weight), share(2, "canary", weight))));
    }
    Split shrunk = grown.getLast();
    for (Split before : grown.reversed()) {
      shrunk = shrunk.reshared(before.shares());
      assertThat(shrunk.owners()).isEqualTo(before.owners());
    }
  }

  @Test
  void keeps_the_first_units_of_a_canary_when_it_stops_halfway_back() {
    Split first = split(share(1, "stable", 9500), share(2, "canary", 500));
    Split back =
        first
            .reshared(List.of(share(1, "stable", 5000), share(2, "canary", 5000)))
            .reshared(List.of(share(1, "stable", 8000), share(2, "canary", 2000)));
    assertThat(IntStream.range(0, Weight.ALL_BPS).filter(b -> first.owners()[b] == 1))
        .hasSize(500)
        .allMatch(bucket -> back.owners()[bucket] == 1);
  }

  @Test
  void gives_the_share_of_a_leaving_version_to_the_stable_target() {
    Split split = split(share(1, "big", 6000), share(2, "stable", 1000), share(3, "canary", 3000));

    Split left = split.without(3);
    assertThat(left.weightOf(2)).isEqualTo(new Weight(4000));
    assertThat(left.weightOf(1)).isEqualTo(new Weight(6000));
    assertThat(left.without(2).weightOf(1)).isEqualTo(Weight.ALL);
    assertThat(left.without(2).without(1)).isEqualTo(Split.NOTHING);
  }

  private static List<Share> randomShares(Random random) {
    List<Share> shares = new ArrayList<>();
    int left = Weight.ALL_BPS;
    List<Long> versions = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L));
    java.util.Collections.shuffle(versions, random);
    int count = 1 + random.nextInt(versions.size());
    for (int i = 0; i < count; i++) {
      int weight = i == count - 1 ? left : random.nextInt(left + 1);
      left -= weight;
      shares.add(share(versions.get(i), "v" + versions.get(i), weight));
    }
    return shares;
  }

  private static long[] versions(Split split) {
    return Arrays.stream(split.owners())
        .mapToLong(owner -> split.targets().get(owner).version())
        .toArray();
  }

  private static Split split(Share... shares) {
    return Split.NOTHING.reshared(List.of(shares));
  }

  private static Share share(long version, String variant, int bps) {
    return new Share(version, "d" + version, variant, new Weight(bps));
  }
}
