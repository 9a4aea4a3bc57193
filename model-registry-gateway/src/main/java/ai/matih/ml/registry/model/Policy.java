package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.ColumnName;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model's versions have to show before they move.
 *
 * @param baseline bars for metrics; with none, no version reaches Staging
 * @param requiredTests kinds of uploaded reports that must have passed; {@code integration_tests}
 *     before Production, every other kind before Staging
 * @param approvals who has to agree before Production
 * @param abTest what a live test has to show before Production
 * @param shadow how a version has to answer copies of live requests before Production; not asked
 *     when not given
 * @param drain when the old Production version may be archived
 * @param acceptSelfReportedMetrics whether metrics count that the platform did not measure
 * @param evaluation the data on which the platform itself measures every version; without it, the
 *     metrics of the training job count
 * @param latencyBudget within which 95 of 100 single rows have to be answered; the serving engine's
 *     own when not given
 */
@JsonIgnoreProperties({
  "revision",
  "changed_by",
  "changed_at",
  "warnings"
}) // so that an answer fits
public record Policy(
    List<BaselineRule> baseline,
    List<String> requiredTests,
    Optional<Approvals> approvals,
    Optional<AbTest> abTest,
    Optional<Shadow> shadow,
    Optional<Drain> drain,
    Optional<Boolean> acceptSelfReportedMetrics,
    Optional<EvaluationData> evaluation,
    Optional<Duration> latencyBudget) {

  public static final String INTEGRATION_TESTS = "integration_tests";
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  private static final int MAX_ENTRIES = 50;

  /**
   * The policy of a model that was given none: nothing passes until somebody declares a baseline.
   */
  public static final Policy UNDECLARED =
      new Policy(
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** Verdicts of a live test that a policy may accept. */
  public enum AbVerdict {
    BETTER,
    NOT_WORSE,
    WORSE,
    INCONCLUSIVE,
    INVALID,
    NONE
  }

  /**
   * @param needed how many people other than requester, trainer and registrar
   * @param expireAfter how long each agreement counts; seven days when not given
   */
  public record Approvals(int needed, Optional<Duration> expireAfter) {
    private static final Duration LONGEST = Duration.ofDays(365);

    public Approvals {
      if (needed < 1 || needed > 10) {
        throw new IllegalArgumentException("needed must be 1 to 10");
      }
      if (expireAfter.filter(d -> !d.isPositive() || d.compareTo(LONGEST) > 0).isPresent()) {
        throw new IllegalArgumentException("expire_after must be above PT0S up to P365D");
      }
    }
  }

  /**
   * @param accept verdicts that open the way to Production; {@code better} when not given
   */
  public record AbTest(Set<AbVerdict> accept) {
    private static final Set<AbVerdict> GOOD = EnumSet.of(AbVerdict.BETTER, AbVerdict.NOT_WORSE);

    public AbTest {
      accept = Set.copyOf(accept);
      if (accept.isEmpty() || !GOOD.containsAll(accept)) {
        throw new IllegalArgumentException("accept must list better, not_worse or both");
      }
    }
  }

  /**
   * Compared with the version that Production means today, on the same requests.
   *
   * @param minRows how many rows both have to have answered
   * @param minRequests how many requests these rows have to come from, since the rows of one are
   *     chosen by one caller; 100 when not given, or {@code min_rows} where that is less
   * @param minSampleBps the share of the units whose requests have to be copied, in basis points;
   *     all when not given, since whoever knows which units a smaller share takes can choose what
   *     is compared
   * @param minAgreement the share of rows with the same class
   * @param maxMeanScoreShift of a row: the largest difference of a class's probability, or the
   *     difference of the predicted numbers
   * @param maxUnansweredShare of all copies, those without a comparable answer and those that were
   *     dropped; 0.01 when not given
   */
  public record Shadow(
      long minRows,
      Optional<Long> minRequests,
      Optional<Integer> minSampleBps,
      Optional<Double> minAgreement,
      Optional<Double> maxMeanScoreShift,
      Optional<Double> maxUnansweredShare) {
    private static final long MOST_ROWS = 1_000_000_000;
    private static final long REQUESTS = 100;
    private static final int ALL_BPS = 10_000;
    private static final double UNANSWERED = 0.01;

    public Shadow {
      if (minRows < 1 || minRows > MOST_ROWS) {
        throw new IllegalArgumentException("min_rows must be 1 to " + MOST_ROWS);
      }
      if (minRequests.filter(many -> many < 1 || many > MOST_ROWS).isPresent()) {
        throw new IllegalArgumentException("min_requests must be 1 to " + MOST_ROWS);
      }
      if (minSampleBps.filter(bps -> bps < 1 || bps > ALL_BPS).isPresent()) {
        throw new IllegalArgumentException("min_sample_bps must be 1 to " + ALL_BPS);
      }
      if (minAgreement.filter(share -> !(share >= 0 && share <= 1)).isPresent()) {
        throw new IllegalArgumentException("min_agreement must be 0 to 1");
      }
      if (maxMeanScoreShift.filter(shift -> !(shift >= 0 && Double.isFinite(shift))).isPresent()) {
        throw new IllegalArgumentException("max_mean_score_shift must be 0 or more");
      }
      if (maxUnansweredShare.filter(share -> !(share >= 0 && share <= 1)).isPresent()) {
        throw new IllegalArgumentException("max_unanswered_share must be 0 to 1");
      }
    }

    public long requestsNeeded() {
      return minRequests.orElse(Math.min(REQUESTS, minRows));
    }

    public int sampleNeeded() {
      return minSampleBps.orElse(ALL_BPS);
    }

    public double unansweredAtMost() {
      return maxUnansweredShare.orElse(UNANSWERED);
    }
  }

  /**
   * @param quietPeriod how long nobody may have asked for the old version
   */
  public record Drain(Duration quietPeriod) {
    public Drain {
      if (quietPeriod.isNegative() || quietPeriod.compareTo(Duration.ofDays(30)) > 0) {
        throw new IllegalArgumentException("quiet_period must be PT0S to P30D");
      }
    }
  }

  /**
   * Rows with the truth, on which versions are measured.
   *
   * @param dataset {@code dataset:name@sha256:…}; a policy that is stored always has the digest
   * @param targetColumn holds the truth
   */
  public record EvaluationData(String dataset, String targetColumn) {
    private static final Pattern DATASET =
        Pattern.compile("dataset:[a-z0-9][a-z0-9_-]{0,63}(@sha256:[0-9a-f]{64})?");

    public EvaluationData {
      try {
        requireReference(dataset);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("evaluation.dataset " + e.getMessage(), e);
      }
      if (!ColumnName.isValid(targetColumn)) {
        throw new IllegalArgumentException("evaluation.target_column must name a column");
      }
    }

    static void requireReference(String dataset) {
      if (!DATASET.matcher(dataset).matches()) {
        throw new IllegalArgumentException(
            "must look like dataset:name or dataset:name@sha256:digest");
      }
    }

    public boolean hasDigest() {
      return dataset.contains("@");
    }

    /** The digest of the data, once it is pinned. */
    public String dataDigest() {
      return dataset.substring(dataset.indexOf('@') + 1);
    }

    /** The same data whatever it was called. */
    public boolean isOf(String dataDigest, String target) {
      return hasDigest() && dataDigest().equals(dataDigest) && targetColumn.equals(target);
    }
  }

  public Policy {
    if (latencyBudget.isPresent()
        && (!latencyBudget.get().isPositive()
            || latencyBudget.get().compareTo(Duration.ofSeconds(10)) > 0)) {
      throw new IllegalArgumentException("latency_budget must be above PT0S up to PT10S");
    }
    baseline = copy(baseline, "baseline");
    requiredTests = copy(requiredTests, "required_tests");
    for (String kind : requiredTests) {
      if (!KIND.matcher(kind).matches() || kind.startsWith("platform_")) {
        throw new IllegalArgumentException(
            "required_tests must name kinds of reports like unit_tests; the platform's own always"
                + " run");
      }
    }
  }

  private static <T> List<T> copy(@Nullable List<T> given, String field) {
    List<T> list = given == null ? List.of() : List.copyOf(given);
    if (list.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(field + " may have up to " + MAX_ENTRIES + " entries");
    }
    return list;
  }

  /** The same with its evaluation data pinned. */
  public Policy withEvaluation(EvaluationData pinned) {
    return new Policy(
        baseline,
        requiredTests,
        approvals,
        abTest,
        shadow,
        drain,
        acceptSelfReportedMetrics,
        Optional.of(pinned),
        latencyBudget);
  }

  /** Whether today's Production has to be measured on the same data. */
  public boolean comparesWithProduction() {
    return baseline.stream().anyMatch(rule -> rule.notWorseThanProduction().isPresent());
  }

  public int approvalsNeeded() {
    return approvals.map(Approvals::needed).orElse(1);
  }

  public Duration approvalsExpireAfter() {
    return approvals.flatMap(Approvals::expireAfter).orElse(Duration.ofDays(7));
  }

  public Set<AbVerdict> acceptedVerdicts() {
    return abTest.map(AbTest::accept).orElse(Set.of(AbVerdict.BETTER));
  }

  public Duration quietPeriod() {
    return drain.map(Drain::quietPeriod).orElse(Duration.ofMinutes(1));
  }

  public boolean acceptsSelfReportedMetrics() {
    return acceptSelfReportedMetrics.orElse(false);
  }
}
