package ai.matih.ml.registry.evidence.router;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.GoldenRows.Answer;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.registry.evidence.Check;
import ai.matih.ml.registry.evidence.EvidenceSettings;
import ai.matih.ml.registry.evidence.Outcome;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Policy.AbVerdict;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Speaks to the serving router as this service. */
@Component
final class RouterOverRest implements ServingRouter {

  private static final String ROUTER = "serving-router";
  private static final Set<String> OPEN = Set.of("waiting", "running");

  /** How a deployment stands that is no more. */
  private static final Set<String> OVER = Set.of("stopped", "failed");

  private static final int MAX_REASON = 1000;

  private final RestClient router;
  private final RestClient predictions;
  private final RestClient trials;

  RouterOverRest(ServiceClients services, Addresses addresses, EvidenceSettings settings) {
    this.router =
        services.createInternal(
            ROUTER,
            addresses.service("serving"),
            EngineSettings.DEFAULT.withReadTimeout(java.time.Duration.ofSeconds(10)));
    this.predictions =
        services.createInternal(
            ROUTER,
            addresses.service("predictions"),
            EngineSettings.DEFAULT.withReadTimeout(java.time.Duration.ofSeconds(10)));
    this.trials =
        services.createInternal(
            ROUTER,
            addresses.service("serving"),
            EngineSettings.DEFAULT.withReadTimeout(settings.trialTimeout()));
  }

  /** What is not known is left out; a null is not of the contract. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  private record TrialRequest(
      ModelId modelId,
      VersionNumber version,
      WireArtifact artifact,
      Optional<java.time.Duration> latencyBudget,
      String engine) {}

  private record WireArtifact(String uri, Digest digest, Map<String, String> files) {}

  private record TrialAnswer(@Nullable List<WireCheck> checks) {}

  private record WireCheck(
      String name,
      String outcome,
      @Nullable String detail,
      @Nullable Map<String, Object> measured) {}

  @Override
  public List<Check> trial(
      ModelVersion version, Engine engine, String uri, Optional<java.time.Duration> latencyBudget) {
    TrialAnswer answer =
        present(
            trials
                .post()
                .uri("/api/v1/ml/deployments/bundle-checks")
                .body(
                    new TrialRequest(
                        version.model(),
                        version.number(),
                        new WireArtifact(
                            uri, version.bundle().digest(), version.bundle().sortedFiles()),
                        latencyBudget,
                        engine.wire()))
                .retrieve()
                .body(TrialAnswer.class));
    return orEmpty(answer.checks()).stream()
        .map(
            check ->
                new Check(
                    check.name(),
                    outcome(check.outcome()),
                    Objects.requireNonNullElse(check.detail(), ""),
                    check.measured()))
        .toList();
  }

  /** A word that is not known says nothing about the version. */
  private static Outcome outcome(String wire) {
    return switch (wire) {
      case "passed" -> Outcome.PASSED;
      case "failed" -> Outcome.FAILED;
      default -> Outcome.NOT_RUN;
    };
  }

  private record ServingAnswer(
      @Nullable List<WireDeployment> deployments,
      @Nullable Integer weightBps,
      @Nullable Boolean acknowledgedByAll,
      @Nullable Integer inFlight,
      @Nullable List<WirePinned> pinnedCallers,
      @Nullable Instant lastRequestAt) {}

  private record WireDeployment(String id, String status) {}

  private record WirePinned(String principal) {}

  /** Facts that the router leaves out are not taken as good news. */
  @Override
  public Serving serving(ModelId model, VersionNumber version) {
    return absentAs(
        Serving.NOBODY,
        () -> {
          ServingAnswer answer =
              present(
                  router
                      .get()
                      .uri(
                          "/api/v1/ml/models/{model}/versions/{version}/serving",
                          model.slug(),
                          version.value())
                      .retrieve()
                      .body(ServingAnswer.class));
          if (answer.weightBps() == null
              || answer.acknowledgedByAll() == null
              || answer.inFlight() == null) {
            throw new EngineFailure.Misbehaved(ROUTER, 200, "facts of a drain are missing");
          }
          List<WireDeployment> standing =
              orEmpty(answer.deployments()).stream()
                  .filter(d -> !OVER.contains(d.status()))
                  .toList();
          return new Serving(
              standing.stream().anyMatch(d -> d.status().equals("ready")),
              standing.stream().map(WireDeployment::id).toList(),
              answer.weightBps(),
              answer.acknowledgedByAll(),
              answer.inFlight(),
              orEmpty(answer.pinnedCallers()).stream().map(WirePinned::principal).toList(),
              Optional.ofNullable(answer.lastRequestAt()));
        });
  }

  private record DeploymentsAnswer(
      @Nullable List<WireStanding> items, @Nullable String nextPageToken) {}

  private record WireStanding(int version, String status) {}

  private record TargetsAnswer(
      @Nullable List<WireTarget> targets, @Nullable Boolean acknowledgedByAll) {}

  private record WireTarget(int version, int weightBps) {}

  @Override
  public InService inService(ModelId model) {
    SortedSet<Integer> served = new TreeSet<>();
    for (Optional<String> token = Optional.of(""); token.isPresent(); ) {
      DeploymentsAnswer page = deployments(model, token.get());
      orEmpty(page.items()).stream()
          .filter(d -> !OVER.contains(d.status()))
          .forEach(d -> served.add(d.version()));
      token = Optional.ofNullable(page.nextPageToken());
    }
    TargetsAnswer traffic = targets(model);
    if (traffic.acknowledgedByAll() == null) {
      throw new EngineFailure.Misbehaved(ROUTER, 200, "facts of a drain are missing");
    }
    orEmpty(traffic.targets()).stream()
        .filter(target -> target.weightBps() > 0)
        .forEach(target -> served.add(target.version()));
    return new InService(
        served.stream().map(VersionNumber::new).toList(), traffic.acknowledgedByAll());
  }

  private DeploymentsAnswer deployments(ModelId model, String token) {
    return absentAs(
        new DeploymentsAnswer(List.of(), null),
        () ->
            present(
                router
                    .get()
                    .uri(
                        "/api/v1/ml/deployments?model_id={model}&page_size=500&page_token={token}",
                        model.slug(),
                        token)
                    .retrieve()
                    .body(DeploymentsAnswer.class)));
  }

  private TargetsAnswer targets(ModelId model) {
    return absentAs(
        new TargetsAnswer(List.of(), true),
        () ->
            present(
                router
                    .get()
                    .uri("/api/v1/ml/models/{model}/traffic", model.slug())
                    .retrieve()
                    .body(TargetsAnswer.class)));
  }

  private record PredictRequest(
      ModelId modelId, List<Map<String, Object>> instances, PredictOptions options) {}

  private record PredictOptions(int version, boolean returnProbabilities) {}

  private record PredictAnswer(
      @Nullable Integer modelVersion,
      @Nullable List<@Nullable Object> predictions,
      @Nullable List<List<@Nullable Double>> probabilities) {}

  @Override
  public List<Answer> predict(
      ModelId model, VersionNumber version, List<Map<String, Object>> rows) {
    PredictAnswer answer =
        present(
            predictions
                .post()
                .uri("/api/v1/ml/predict")
                .body(new PredictRequest(model, rows, new PredictOptions(version.value(), true)))
                .retrieve()
                .body(PredictAnswer.class));
    if (answer.modelVersion() == null || answer.modelVersion() != version.value()) {
      throw new EngineFailure.Misbehaved(ROUTER, 200, "another version answered");
    }
    List<@Nullable Object> predictions = orEmpty(answer.predictions());
    List<List<@Nullable Double>> probabilities = orEmpty(answer.probabilities());
    List<Answer> answers = new ArrayList<>();
    for (int row = 0; row < predictions.size(); row++) {
      answers.add(
          new Answer(
              orNoNumber(predictions.get(row)),
              row < probabilities.size()
                  ? probabilities.get(row).stream().map(p -> p == null ? Double.NaN : p).toList()
                  : List.of()));
    }
    return answers;
  }

  /** JSON has no number for an answer that is none; the router writes null. */
  private static Object orNoNumber(@Nullable Object value) {
    return value == null ? Double.NaN : value;
  }

  private record AbTestsAnswer(@Nullable List<WireAbTest> items) {}

  private record WireAbTest(
      Digest digest, @Nullable Digest controlDigest, String verdict, @Nullable String status) {}

  @Override
  public List<AbTest> abTests(ModelId model, VersionNumber version) {
    return absentAs(
        List.of(),
        () ->
            orEmpty(
                    present(
                            router
                                .get()
                                .uri(
                                    "/api/v1/ml/models/{model}/ab-tests?version={version}",
                                    model.slug(),
                                    version.value())
                                .retrieve()
                                .body(AbTestsAnswer.class))
                        .items())
                .stream()
                .map(
                    test ->
                        new AbTest(
                            test.digest(),
                            Optional.ofNullable(test.controlDigest()),
                            verdict(test.verdict()),
                            OPEN.contains(String.valueOf(test.status()))))
                .toList());
  }

  private static AbVerdict verdict(String wire) {
    try {
      return AbVerdict.valueOf(wire.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new EngineFailure.Misbehaved(ROUTER, 200, "no verdict is called " + wire);
    }
  }

  private record ShadowsAnswer(@Nullable List<WireShadow> items, @Nullable String nextPageToken) {}

  private record WireShadow(
      Digest digest, int sampleBps, @Nullable List<WireComparison> comparisons) {}

  private record WireComparison(
      int version,
      long answers,
      long rows,
      long failed,
      long incomparable,
      long dropped,
      @Nullable Double agreement,
      @Nullable Double meanScoreShift) {}

  @Override
  public List<ShadowComparison> shadows(ModelId model) {
    List<ShadowComparison> all = new ArrayList<>();
    for (Optional<String> token = Optional.of(""); token.isPresent(); ) {
      ShadowsAnswer page = shadows(model, token.get());
      for (WireShadow shadow : orEmpty(page.items())) {
        orEmpty(shadow.comparisons())
            .forEach(comparison -> all.add(comparison(shadow, comparison)));
      }
      token = Optional.ofNullable(page.nextPageToken());
    }
    return all;
  }

  private ShadowsAnswer shadows(ModelId model, String token) {
    return absentAs(
        new ShadowsAnswer(List.of(), null),
        () ->
            present(
                router
                    .get()
                    .uri(
                        "/api/v1/ml/models/{model}/shadows?page_size=500&page_token={token}",
                        model.slug(),
                        token)
                    .retrieve()
                    .body(ShadowsAnswer.class)));
  }

  private static ShadowComparison comparison(WireShadow shadow, WireComparison comparison) {
    return new ShadowComparison(
        shadow.digest(),
        new VersionNumber(comparison.version()),
        shadow.sampleBps(),
        comparison.rows(),
        comparison.answers(),
        comparison.failed() + comparison.incomparable(),
        comparison.dropped(),
        Optional.ofNullable(comparison.agreement()),
        Optional.ofNullable(comparison.meanScoreShift()));
  }

  private record RestoreRequest(VersionNumber version, String reason, UUID restoreId) {}

  private record TrafficAnswer(@Nullable Long revision) {}

  @Override
  public long restoreTraffic(ModelId model, VersionNumber version, String reason, UUID restore) {
    TrafficAnswer answer =
        present(
            router
                .post()
                .uri("/api/v1/ml/models/{model}/traffic/restore", model.slug())
                .body(new RestoreRequest(version, shortened(reason), restore))
                .retrieve()
                .body(TrafficAnswer.class));
    if (answer.revision() == null) {
      throw new EngineFailure.Misbehaved(ROUTER, 200, "the traffic has no revision");
    }
    return answer.revision();
  }

  private static String shortened(String reason) {
    return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
  }

  private record StageChange(ModelId modelId, VersionNumber version, String stage) {}

  @Override
  public void stageChanged(ModelId model, VersionNumber version, Stage stage) {
    router
        .post()
        .uri("/api/v1/ml/deployments/stage-changes")
        .body(new StageChange(model, version, stage.wire()))
        .retrieve()
        .toBodilessEntity();
  }

  private static <T> T absentAs(T nothing, Supplier<T> call) {
    try {
      return call.get();
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return nothing;
      }
      throw refused;
    }
  }

  private static <T> T present(@Nullable T body) {
    if (body == null) {
      throw new EngineFailure.Misbehaved(ROUTER, 200, "an empty answer");
    }
    return body;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
