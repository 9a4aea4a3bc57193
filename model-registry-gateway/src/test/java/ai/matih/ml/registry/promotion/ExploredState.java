package ai.matih.ml.registry.promotion;

import java.util.Arrays;

/**
 * One model, or two of one tenant, in few bits: what the stores hold, what the router would answer,
 * and which times have passed. Two states with the same bits behave the same. Of two models the
 * versions take turns, the policies change together, and only the first can be rolled back.
 */
final class ExploredState {

  /** How an approval stands that is not marked void. */
  static final int VALID = 1;

  /** A report contradicts it. */
  static final int CONTRADICTED = 2;

  static final int EXPIRED = 3;

  private static final int PEOPLE = 3;

  final int models;
  private final boolean racing;
  final int count;

  /** By {@code Stage}'s ordinal. */
  final int[] stage;

  /** 0, or which one of the superseded ones it is, oldest first. */
  final int[] rank;

  /** 0 none, 1 failed, 2 passed. */
  final int[] checks;

  final int[] integration;

  /** 0 none, 1 better, 2 worse. */
  final int[] verdict;

  /** 0 not at all, 1 ready without traffic, 2 with traffic. */
  final int[] served;

  /** By version and target; 0 no open transition, else one more than the person. */
  final int[][] requester;

  final int[][] oldPolicy;
  final int[][] due;
  final int[][] approval;

  /** 0 none, 1 awaits, 2 confirmed, 3 to be undone, 4 over, 5 undone and not noted yet. */
  final int[] override;

  final int[] overrideTarget;
  final int[] overrideBy;
  final int[] overrideRequester;
  final int[] overrideDue;
  int policy;
  int away;
  int rollbackTo;
  int rollbackDone;
  int rollbackBy;
  int rollbackDue;

  private long low;
  private long high;
  private int at;

  ExploredState(int models, int count) {
    this(models, count, false);
  }

  private ExploredState(int models, int count, boolean racing) {
    this.models = models;
    this.racing = racing;
    this.count = count;
    stage = new int[count];
    rank = new int[count];
    checks = new int[count];
    integration = new int[count];
    verdict = new int[count];
    served = new int[count];
    requester = new int[count][4];
    oldPolicy = new int[count][4];
    due = new int[count][4];
    approval = new int[count][PEOPLE];
    override = new int[count];
    overrideTarget = new int[count];
    overrideBy = new int[count];
    overrideRequester = new int[count];
    overrideDue = new int[count];
  }

  /**
   * Versions that race from Staging into Production and do nothing else, so that more of them have
   * room; a step that did would not fit, and fail.
   */
  static ExploredState racing(int models, int count) {
    return new ExploredState(models, count, true);
  }

  /** One with as many versions in which nothing has happened. */
  ExploredState blank() {
    return new ExploredState(models, count, racing);
  }

  /** Another state of the same configuration. */
  ExploredState of(long low, long high) {
    ExploredState s = blank();
    s.low = low;
    s.high = high;
    s.pass(false);
    return s;
  }

  ExploredState copy() {
    pack();
    return of(low, high);
  }

  void pack() {
    low = 0;
    high = 0;
    pass(true);
    // No state is all zero, so that zero is an empty place in a set.
    high |= Long.MIN_VALUE;
  }

  long low() {
    return low;
  }

  long high() {
    return high;
  }

  private int bits(boolean write, int value, int width) {
    if (at < 64 && at + width > 64) {
      at = 64;
    }
    int shift = at % 64;
    long mask = (1L << width) - 1;
    int result = value;
    if (write) {
      if (value < 0 || value > mask) {
        throw new AssertionError("does not fit: " + value);
      }
      if (at < 64) {
        low |= (long) value << shift;
      } else {
        high |= (long) value << shift;
      }
    } else {
      result = (int) (((at < 64 ? low : high) >>> shift) & mask);
    }
    at += width;
    if (at > 127) {
      throw new AssertionError("too many bits");
    }
    return result;
  }

  /** No room for what a race has not: it stays 0. */
  private int besides(boolean write, int value, int width) {
    return bits(write, value, racing ? 0 : width);
  }

  /** Both ways through the same fields, so that they cannot differ. */
  private void pass(boolean write) {
    at = 0;
    for (int v = 0; v < count; v++) {
      stage[v] = bits(write, stage[v], 2);
      rank[v] = bits(write, rank[v], 2);
      checks[v] = besides(write, checks[v], 2);
      integration[v] = bits(write, integration[v], 2);
      verdict[v] = bits(write, verdict[v], 2);
      served[v] = besides(write, served[v], 2);
      for (int t = 1; t <= 3; t++) {
        requester[v][t] =
            t == 2 ? bits(write, requester[v][t], 2) : besides(write, requester[v][t], 2);
        oldPolicy[v][t] = t == 3 ? 0 : besides(write, oldPolicy[v][t], 1);
        due[v][t] = besides(write, due[v][t], 1);
      }
      for (int p = 0; p < PEOPLE; p++) {
        approval[v][p] = bits(write, approval[v][p], 2);
      }
      override[v] = besides(write, override[v], 3);
      overrideTarget[v] = besides(write, overrideTarget[v], 1);
      overrideBy[v] = besides(write, overrideBy[v], 2);
      overrideRequester[v] = besides(write, overrideRequester[v], 2);
      overrideDue[v] = besides(write, overrideDue[v], 1);
    }
    policy = besides(write, policy, 1);
    away = bits(write, away, 1);
    rollbackTo = besides(write, rollbackTo, 2);
    rollbackDone = besides(write, rollbackDone, 1);
    rollbackBy = besides(write, rollbackBy, 2);
    rollbackDue = besides(write, rollbackDue, 1);
  }

  int modelOf(int v) {
    return v % models;
  }

  /** The number of a version within its model. */
  int number(int v) {
    return v / models + 1;
  }

  int version(int model, int number) {
    return (number - 1) * models + model;
  }

  /** A start, without requests and overrides, of one of the models. */
  ExploredState only(int model) {
    ExploredState s = new ExploredState(1, (count - model + models - 1) / models);
    for (int v = 0; v < s.count; v++) {
      int of = version(model, v + 1);
      s.stage[v] = stage[of];
      s.rank[v] = rank[of];
      s.checks[v] = checks[of];
      s.integration[v] = integration[of];
      s.verdict[v] = verdict[of];
      s.served[v] = served[of];
    }
    return s;
  }

  int production(int model) {
    for (int v = model; v < count; v += models) {
      if (stage[v] == 2 && rank[v] == 0) {
        return v;
      }
    }
    return -1;
  }

  /** The version that Production meant before. */
  int previous(int model) {
    int latest = -1;
    for (int v = model; v < count; v += models) {
      if (rank[v] > 0 && (latest < 0 || rank[v] > rank[latest])) {
        latest = v;
      }
    }
    return latest;
  }

  /** Nothing about this version is another way. */
  boolean sameVersion(ExploredState other, int v) {
    return stage[v] == other.stage[v]
        && rank[v] == other.rank[v]
        && served[v] == other.served[v]
        && Arrays.equals(requester[v], other.requester[v])
        && Arrays.equals(oldPolicy[v], other.oldPolicy[v])
        && Arrays.equals(due[v], other.due[v])
        && Arrays.equals(approval[v], other.approval[v])
        && override[v] == other.override[v]
        && overrideTarget[v] == other.overrideTarget[v]
        && overrideBy[v] == other.overrideBy[v]
        && overrideRequester[v] == other.overrideRequester[v]
        && overrideDue[v] == other.overrideDue[v];
  }

  boolean sameAs(ExploredState other) {
    return low == other.low && high == other.high;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int v = 0; v < count; v++) {
      text.append(
          "%n  version %d: stage %d rank %d checks %d integration %d verdict %d served %d requester %s due %s approvals %s override %d/%d by %d for %d due %d"
              .formatted(
                  v + 1,
                  stage[v],
                  rank[v],
                  checks[v],
                  integration[v],
                  verdict[v],
                  served[v],
                  Arrays.toString(requester[v]),
                  Arrays.toString(due[v]),
                  Arrays.toString(approval[v]),
                  override[v],
                  overrideTarget[v],
                  overrideBy[v],
                  overrideRequester[v],
                  overrideDue[v]));
    }
    return text
        + "%n  policy %d away %d roll-back to %d done %d by %d due %d"
            .formatted(policy, away, rollbackTo, rollbackDone, rollbackBy, rollbackDue);
  }
}
