package ai.matih.ml.serving.deployment.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deployment as callers see it.
 *
 * @param replicas the copies that an engine is to run; absent for one that runs in each router
 * @param progress how many of 100 steps to {@code ready}
 * @param routers what each router reports about it
 */
record DeploymentView(
    String id,
    String modelId,
    long version,
    String engine,
    String status,
    int progress,
    String stage,
    String digest,
    String strategy,
    @Nullable ReplicasView replicas,
    InputsView inputs,
    List<ConditionView> conditions,
    List<RouterReportView> routers,
    @Nullable String reason,
    String requestedBy,
    String createdAt,
    String statusSince) {

  /**
   * The copies of the model in an engine that starts them.
   *
   * @param targetOngoingRequests absent for the engine's own number
   * @param cpus of one copy; absent for the engine's own number
   * @param memoryBytes of one copy; absent for none in particular
   */
  record ReplicasView(
      int min,
      int max,
      @Nullable Integer targetOngoingRequests,
      @Nullable Double cpus,
      double gpus,
      @Nullable Long memoryBytes) {}

  /**
   * What it does with inputs that it does not get.
   *
   * @param onAbsent {@code serve} or {@code fail} where the feature store has no usable value
   * @param defaults the values of inputs that a request leaves out
   * @param change how its inputs differ from those of the versions that got traffic when it was
   *     deployed
   */
  record InputsView(
      String onAbsent,
      @JsonInclude(content = JsonInclude.Include.ALWAYS) Map<String, @Nullable Object> defaults,
      InputChangeView change) {}

  /**
   * A change of inputs.
   *
   * @param meaning {@code compatible}, {@code needs_default} or {@code breaks}, for those who call
   *     already
   * @param message the same in words
   * @param added inputs that not all of the others have
   * @param unused inputs that only the others have
   * @param narrowed inputs that take less than they did: another type, no null any more, or a
   *     further join key
   */
  record InputChangeView(
      @Schema(allowableValues = {"compatible", "needs_default", "breaks"}) String meaning,
      String message,
      List<String> added,
      List<String> unused,
      List<String> narrowed) {}

  /** One thing that is so or not, and why. */
  record ConditionView(String type, String status, String reason, String message, String since) {}

  /**
   * The report of one router.
   *
   * @param answered predictions that the deployment answered on it since it began to count
   * @param failed sound requests on which it failed
   * @param latencyP50Ms half of the answers took at most so long, from the parsed request to the
   *     scores; at most a quarter too high
   * @param observationsDropped what the router could not keep about predictions of any model, such
   *     as exposures, by observer
   */
  record RouterReportView(
      String id,
      boolean fresh,
      String hold,
      long trafficRevision,
      int inFlight,
      @Nullable String lastRequestAt,
      @Nullable String failure,
      long answered,
      long failed,
      @Nullable Double latencyP50Ms,
      @Nullable Double latencyP99Ms,
      @Nullable String countedSince,
      Map<String, Long> observationsDropped) {}
}
