package ai.matih.ml.serving.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the 10,000 buckets of a model are dealt to its targets. Either every bucket has exactly one
 * target, or there is no target at all; nothing else can be made.
 */
public record Split(List<Target> targets) {

  public static final Split NOTHING = new Split(List.of());

  public static final int MAX_TARGETS = 20;

  private static final int NOBODY = -1;

  public Split {
    targets = List.copyOf(targets);
    if (!targets.isEmpty()) {
      owners(targets);
    }
    if (targets.size() > MAX_TARGETS) {
      throw new IllegalArgumentException("at most " + MAX_TARGETS + " targets share a model");
    }
    Set<Long> versions = new HashSet<>();
    Set<String> variants = new HashSet<>();
    for (Target target : targets) {
      if (!versions.add(target.version()) || !variants.add(target.variant())) {
        throw new IllegalArgumentException("each version and each variant appears once");
      }
    }
  }

  private static int[] owners(List<Target> targets) {
    int[] owners = new int[Weight.ALL_BPS];
    Arrays.fill(owners, NOBODY);
    for (int t = 0; t < targets.size(); t++) {
      for (BucketRange range : targets.get(t).buckets()) {
        for (int b = range.from(); b < range.to(); b++) {
          if (owners[b] != NOBODY) {
            throw new IllegalArgumentException("bucket " + b + " has two targets");
          }
          owners[b] = t;
        }
      }
    }
    for (int b = 0; b < owners.length; b++) {
      if (owners[b] == NOBODY) {
        throw new IllegalArgumentException("the weights do not sum to 10,000 basis points");
      }
    }
    return owners;
  }

  /** The index of the target of every bucket; the router's table. */
  public int[] owners() {
    return owners(targets);
  }

  /**
   * Deals the buckets anew with as few moves as the weights allow: a target that shrinks gives up
   * the buckets that came to it last, one that grows takes the lowest free ones, and everybody else
   * keeps what they have. A share that grows and shrinks again so has the units that it had before.
   */
  public Split reshared(List<Share> shares) {
    int sum = shares.stream().mapToInt(share -> share.weight().bps()).sum();
    if (!shares.isEmpty() && sum != Weight.ALL_BPS) {
      throw new IllegalArgumentException(
          "the weights sum to " + sum + ", not to 10,000 basis points");
    }
    Map<Long, Integer> wanted = new HashMap<>();
    List<List<BucketRange>> held = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      held.add(new ArrayList<>());
      if (wanted.put(shares.get(i).version(), i) != null) {
        throw new IllegalArgumentException("each version and each variant appears once");
      }
    }
    boolean[] taken = new boolean[Weight.ALL_BPS];
    for (Target target : targets) {
      Integer share = wanted.get(target.version());
      if (share != null) {
        keepFirst(target.buckets(), shares.get(share).weight().bps(), held.get(share));
        held.get(share).forEach(range -> Arrays.fill(taken, range.from(), range.to(), true));
      }
    }
    int free = 0;
    for (int i = 0; i < shares.size(); i++) {
      int missing =
          shares.get(i).weight().bps() - held.get(i).stream().mapToInt(BucketRange::size).sum();
      for (; missing > 0; free++) {
        if (!taken[free]) {
          append(held.get(i), free);
          missing--;
        }
      }
    }
    List<Target> dealt = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      Share share = shares.get(i);
      dealt.add(
          new Target(
              share.version(), share.deploymentId(), share.variant(), share.weight(), held.get(i)));
    }
    return new Split(dealt);
  }

  /** The buckets that were there first, so many. */
  private static void keepFirst(List<BucketRange> ranges, int many, List<BucketRange> kept) {
    int left = many;
    for (BucketRange range : ranges) {
      int size = Math.min(left, range.size());
      if (size > 0) {
        kept.add(new BucketRange(range.from(), range.from() + size));
      }
      left -= size;
    }
  }

  /** One bucket more, as the latest. */
  private static void append(List<BucketRange> ranges, int bucket) {
    if (!ranges.isEmpty() && ranges.getLast().to() == bucket) {
      ranges.set(ranges.size() - 1, new BucketRange(ranges.getLast().from(), bucket + 1));
    } else {
      ranges.add(new BucketRange(bucket, bucket + 1));
    }
  }

  public List<Share> shares() {
    return targets.stream()
        .map(t -> new Share(t.version(), t.deploymentId(), t.variant(), t.weight()))
        .toList();
  }

  public Optional<Target> target(long version) {
    return targets.stream().filter(target -> target.version() == version).findFirst();
  }

  public Optional<Target> stable() {
    return targets.stream().filter(Target::isStable).findFirst();
  }

  public Weight weightOf(long version) {
    return target(version).map(Target::weight).orElse(Weight.NONE);
  }

  /**
   * The same split without a version; its share goes to the stable target, or to the largest left.
   */
  public Split without(long version) {
    List<Share> left =
        new ArrayList<>(shares().stream().filter(share -> share.version() != version).toList());
    if (left.isEmpty()) {
      return NOTHING;
    }
    int receiver = 0;
    for (int i = 1; i < left.size(); i++) {
      boolean better =
          !left.get(receiver).variant().equals(Target.STABLE)
              && (left.get(i).variant().equals(Target.STABLE)
                  || left.get(i).weight().bps() > left.get(receiver).weight().bps());
      receiver = better ? i : receiver;
    }
    Share share = left.get(receiver);
    int total = share.weight().bps() + weightOf(version).bps();
    left.set(receiver, share.weighing(new Weight(total)));
    return reshared(left);
  }
}
