package ai.matih.ml.serving.traffic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
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
   * its highest buckets, one that grows takes the lowest free ones, and everybody else keeps what
   * they have.
   */
  public Split reshared(List<Share> shares) {
    int sum = shares.stream().mapToInt(share -> share.weight().bps()).sum();
    if (!shares.isEmpty() && sum != Weight.ALL_BPS) {
      throw new IllegalArgumentException(
          "the weights sum to " + sum + ", not to 10,000 basis points");
    }
    Map<Long, Integer> wanted = new HashMap<>();
    for (int i = 0; i < shares.size(); i++) {
      if (wanted.put(shares.get(i).version(), i) != null) {
        throw new IllegalArgumentException("each version and each variant appears once");
      }
    }
    int[] owners = new int[Weight.ALL_BPS];
    Arrays.fill(owners, NOBODY);
    int[] held = new int[shares.size()];
    for (Target target : targets) {
      Integer share = wanted.get(target.version());
      if (share == null) {
        continue;
      }
      int keep = shares.get(share).weight().bps();
      for (BucketRange range : target.buckets()) {
        for (int b = range.from(); b < range.to() && held[share] < keep; b++) {
          owners[b] = share;
          held[share]++;
        }
      }
    }
    Deque<Integer> growing = new ArrayDeque<>();
    for (int i = 0; i < shares.size(); i++) {
      if (held[i] < shares.get(i).weight().bps()) {
        growing.add(i);
      }
    }
    for (int b = 0; b < owners.length && !growing.isEmpty(); b++) {
      if (owners[b] == NOBODY) {
        int share = growing.getFirst();
        owners[b] = share;
        if (++held[share] == shares.get(share).weight().bps()) {
          growing.removeFirst();
        }
      }
    }
    List<Target> dealt = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      Share share = shares.get(i);
      dealt.add(
          new Target(
              share.version(),
              share.deploymentId(),
              share.variant(),
              share.weight(),
              ranges(owners, i)));
    }
    return new Split(dealt);
  }

  private static List<BucketRange> ranges(int[] owners, int owner) {
    List<BucketRange> ranges = new ArrayList<>();
    int from = NOBODY;
    for (int b = 0; b <= owners.length; b++) {
      boolean mine = b < owners.length && owners[b] == owner;
      if (mine && from == NOBODY) {
        from = b;
      } else if (!mine && from != NOBODY) {
        ranges.add(new BucketRange(from, b));
        from = NOBODY;
      }
    }
    return ranges;
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
