package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the serving router is asked, and told. Everything is repeatable; when there is no answer an
 * {@code EngineFailure} says why. A version that the router never heard of is served by nobody.
 */
public interface ServingRouter {

  /**
   * Tries a version in a serving engine, apart from all traffic.
   *
   * @param engine that is to run it
   * @param uri where its files lie
   * @param latencyBudget the router's own when not given
   */
  List<Check> trial(
      ModelVersion version, Engine engine, String uri, Optional<Duration> latencyBudget);

  /** The engines that run a version's forms. */
  enum Engine {
    /** The ONNX form, in the router. */
    ONNX,
    /** The native form, on replicas of its own, which take a while to start. */
    RAY_SERVE;

    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Who serves a version now, and who still calls it. */
  Serving serving(ModelId model, VersionNumber version);

  /**
   * The facts of a drain.
   *
   * @param ready whether a deployment of it answers
   * @param deployments the deployments that stand, by id
   * @param acknowledged whether every router knows of this weight
   * @param pinnedCallers who asked for exactly this version
   */
  record Serving(
      boolean ready,
      List<String> deployments,
      int weightBps,
      boolean acknowledged,
      int inFlight,
      List<String> pinnedCallers,
      Optional<Instant> lastRequestAt) {

    public static final Serving NOBODY =
        new Serving(false, List.of(), 0, true, 0, List.of(), Optional.empty());

    public Serving {
      deployments = List.copyOf(deployments);
      pinnedCallers = List.copyOf(pinnedCallers);
    }
  }

  /** Which versions of a model are served at all: one question, however many it has. */
  InService inService(ModelId model);

  /**
   * What is served of a model.
   *
   * @param versions that have a deployment that stands, or a share of the traffic, in their order
   * @param acknowledged whether every router knows of the current traffic
   */
  record InService(List<VersionNumber> versions, boolean acknowledged) {

    public static final InService NOTHING = new InService(List.of(), true);

    public InService {
      versions = List.copyOf(versions);
    }
  }

  /** Asks the deployed version itself, row by row in the order given. */
  List<Answer> predict(ModelId model, VersionNumber version, List<Map<String, Object>> rows);

  /** The live tests of a version, newest first, each about the files that it was run with. */
  List<AbTest> abTests(ModelId model, VersionNumber version);

  /**
   * What is known of one live test.
   *
   * @param digest of the files that were tried
   * @param control of the files that they were compared with; absent before the test began
   * @param open whether it still goes on; what it says until then holds at that moment
   */
  record AbTest(Digest digest, Optional<Digest> control, AbVerdict verdict, boolean open) {}

  /**
   * How versions of a model answered copies of live requests: all of its shadows ever, the newest
   * first. Not by version, since two versions may have the same files.
   */
  List<ShadowComparison> shadows(ModelId model);

  /**
   * A shadow beside one version that answered callers.
   *
   * @param digest of the shadow's files
   * @param with the version that answered
   * @param sampleBps the share of the units whose requests were copied, in basis points
   * @param rows that both answered
   * @param answers copies that both answered
   * @param unanswered copies on which the shadow failed, or that could not be compared
   * @param dropped copies that were not tried
   * @param agreement the share of rows with the same class; absent without classes
   * @param meanScoreShift absent without rows
   */
  record ShadowComparison(
      Digest digest,
      VersionNumber with,
      int sampleBps,
      long rows,
      long answers,
      long unanswered,
      long dropped,
      Optional<Double> agreement,
      Optional<Double> meanScoreShift) {}

  /**
   * Gives a version all of its model's traffic, in one revision. The same restore again is the same
   * revision, whatever came later.
   *
   * @param restore names this restore
   * @return the traffic's revision
   */
  long restoreTraffic(ModelId model, VersionNumber version, String reason, UUID restore);

  /** Tells that a version is in another stage now. */
  void stageChanged(ModelId model, VersionNumber version, Stage stage);
}
