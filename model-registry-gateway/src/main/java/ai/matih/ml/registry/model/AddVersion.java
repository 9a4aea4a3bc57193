package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.artifact.FetchBundle;
import ai.matih.ml.registry.artifact.FetchedBundle;
import ai.matih.ml.registry.artifact.LoggedModelId;
import ai.matih.ml.registry.artifact.LoggedModels;
import ai.matih.ml.registry.artifact.LoggedModels.LoggedModel;
import ai.matih.ml.registry.artifact.ModelFiles;
import ai.matih.ml.registry.artifact.RunArtifacts;
import ai.matih.ml.registry.artifact.RunArtifacts.Run;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.artifact.StoredFiles;
import ai.matih.ml.registry.model.Preparations.Preparation;
import ai.matih.ml.registry.model.RegisterVersion.Registered;
import ai.matih.ml.registry.model.WordsOfVersions.Words;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a version of whatever somebody names: a run with the platform's own bundle at once, a model
 * that a notebook logged by a job that prepares it first.
 *
 * <p>Repeatable: the same files with the same examples are the same job and the same version.
 */
public final class AddVersion {

  /** A model folder of MLflow's that no job of the platform wrote. */
  private static final String MLMODEL = "MLmodel";

  private static final int MOST_FILES = 1_000;
  private static final int MOST_METRICS = 500;
  private static final int MOST_TRIES = 100;
  private static final Pattern OF_RUN = Pattern.compile("runs:/([0-9a-f]{32})/([^/].{0,255})");
  private static final Pattern LOGGED = Pattern.compile("models:/(m-[0-9a-f]{32})");

  /**
   * What a caller may say; exactly one of the first three.
   *
   * @param modelUri {@code runs:/…} or {@code models:/m-…}
   * @param examples a data set with rows to try the model with
   */
  public record Request(
      Optional<RunId> run,
      Optional<LoggedModelId> loggedModel,
      Optional<String> modelUri,
      Optional<String> examples,
      Optional<String> job,
      Optional<String> semanticVersion,
      Optional<String> description) {}

  /** The version, or the job that will make it. */
  public sealed interface Added {

    /** The version is there. */
    record Version(Registered registered) implements Added {}

    /** It will be there when this job has succeeded. */
    record ByJob(Preparation preparation) implements Added {}
  }

  /** A model to prepare: its files, and where it comes from. */
  private record Found(
      ModelFiles files, String experimentId, Optional<RunId> run, Map<String, String> origin) {}

  private final FindModel find;
  private final Versions versions;
  private final RegisterVersion register;
  private final RunArtifacts runs;
  private final LoggedModels logged;
  private final FetchBundle bundles;
  private final StoredFiles stored;
  private final FileRemovals removals;
  private final EvaluationDataSets dataSets;
  private final Preparations preparations;
  private final WordsOfVersions words;
  private final ModelTransactions transactions;

  public AddVersion(
      FindModel find,
      Versions versions,
      RegisterVersion register,
      RunArtifacts runs,
      LoggedModels logged,
      FetchBundle bundles,
      StoredFiles stored,
      FileRemovals removals,
      EvaluationDataSets dataSets,
      Preparations preparations,
      WordsOfVersions words,
      ModelTransactions transactions) {
    this.find = find;
    this.versions = versions;
    this.register = register;
    this.runs = runs;
    this.logged = logged;
    this.bundles = bundles;
    this.stored = stored;
    this.removals = removals;
    this.dataSets = dataSets;
    this.preparations = preparations;
    this.words = words;
    this.transactions = transactions;
  }

  public Added add(ModelId id, Request request, String principal) {
    long named =
        List.of(request.run(), request.loggedModel(), request.modelUri()).stream()
            .filter(Optional::isPresent)
            .count();
    if (named != 1) {
      throw Problem.invalid("run_id", "give one of run_id, logged_model_id and model_uri");
    }
    Model model = transactions.call(() -> find.model(id));
    Optional<Found> found = toPrepare(request);
    if (found.isEmpty()) {
      refuseExamples(request);
      return new Added.Version(
          register.register(
              id,
              new RegisterVersion.Request(
                  runOf(request), request.job(), request.semanticVersion(), request.description()),
              principal));
    }
    Added added = prepare(model, found.get(), request.examples(), principal);
    Words said = new Words(request.semanticVersion(), request.description());
    // The same request again finds the same job, so nothing is lost with a lost answer.
    if (added instanceof Added.ByJob job && !said.equals(Words.NONE)) {
      transactions.run(() -> words.keep(job.preparation().jobId(), said));
    }
    return added;
  }

  private static void refuseExamples(Request request) {
    if (request.examples().isPresent()) {
      throw Problem.invalid(
          "examples", "is for logged models; this run has a bundle with rows of its own");
    }
  }

  private static RunId runOf(Request request) {
    return request
        .run()
        .orElseGet(() -> new RunId(matched(OF_RUN, request.modelUri().orElseThrow()).group(1)));
  }

  private static Matcher matched(Pattern pattern, String uri) {
    Matcher matcher = pattern.matcher(uri);
    if (!matcher.matches()) {
      throw Problem.invalid("model_uri", "must look like runs:/RUN/NAME or models:/m-ID");
    }
    return matcher;
  }

  /** Empty for a run that holds the platform's own bundle, or nothing of MLflow's. */
  private Optional<Found> toPrepare(Request request) {
    if (request.loggedModel().isPresent()) {
      return Optional.of(ofModel(request.loggedModel().get()));
    }
    Optional<String> uri = request.modelUri();
    if (uri.isPresent() && uri.get().startsWith("models:")) {
      return Optional.of(ofModel(new LoggedModelId(matched(LOGGED, uri.get()).group(1))));
    }
    Optional<String> name = uri.map(text -> matched(OF_RUN, text).group(2));
    // A job's run is a bundle by contract.
    return request.job().isPresent() ? Optional.empty() : ofRun(runOf(request), name);
  }

  private Found ofModel(LoggedModelId id) {
    LoggedModel model =
        logged
            .find(id)
            .orElseThrow(
                () ->
                    new Problem(
                        RegistryError.LOGGED_MODEL_NOT_FOUND,
                        "There is no logged model " + id + "."));
    if (!model.ready()) {
      throw new Problem(
          RegistryError.LOGGED_MODEL_NOT_READY,
          "The files of %s are not all there; log the model again.".formatted(id));
    }
    Map<String, String> origin = new TreeMap<>(Map.of("logged_model_id", id.value()));
    model.run().ifPresent(run -> origin.put("run_id", run.value()));
    return new Found(logged.files(id), model.experimentId(), model.run(), origin);
  }

  private Optional<Found> ofRun(RunId id, Optional<String> name) {
    Optional<Run> run = runs.find(id);
    if (run.isEmpty()) {
      return Optional.empty();
    }
    if (name.isEmpty() || name.get().equals(RunArtifacts.MODEL)) {
      List<String> files = names(id);
      if (files.contains(MLMODEL) && !files.contains(BundleReader.SIGNATURE)) {
        requireFinished(run.get());
        return Optional.of(
            new Found(
                ModelFiles.of(runs, id),
                run.get().experimentId(),
                Optional.of(id),
                Map.of("run_id", id.value())));
      }
      if (!files.isEmpty()) {
        return Optional.empty();
      }
    }
    List<LoggedModel> models =
        logged.outputs(id).models().stream()
            .map(logged::find)
            .flatMap(Optional::stream)
            .filter(model -> name.isEmpty() || name.get().equals(model.name()))
            .toList();
    return switch (models.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(ofModel(models.getFirst().id()));
      default ->
          throw new Problem(
                  RegistryError.RUN_HAS_SEVERAL_MODELS,
                  "The run logged %d models; name one of them as logged_model_id: %s."
                      .formatted(models.size(), listed(models)))
              .with("run_id", id);
    };
  }

  /**
   * A run that goes on may still write to its folder; a logged model says itself when it is done.
   */
  private static void requireFinished(Run run) {
    if (!run.finished()) {
      throw new Problem(
              RegistryError.RUN_NOT_FINISHED,
              "The run is %s; end it, then all files of its model are there."
                  .formatted(run.status().toLowerCase(Locale.ROOT)))
          .with("run_id", run.id());
    }
  }

  private List<String> names(RunId id) {
    try {
      return runs.list(id, MOST_FILES).stream().map(RunArtifacts.File::path).toList();
    } catch (BundleRefused refused) {
      throw new Problem(RegistryError.BUNDLE_REFUSED, refused.reason()).with("run_id", id);
    }
  }

  private static String listed(List<LoggedModel> models) {
    return String.join(
        ", ",
        models.stream()
            .limit(10)
            .map(model -> "%s (%s)".formatted(model.id(), model.name()))
            .toList());
  }

  private Added prepare(Model model, Found found, Optional<String> examples, String principal) {
    Optional<String> pinned = examples.map(this::pinned);
    Instant began = transactions.now();
    FetchedBundle fetched = fetch(found);
    transactions.run(() -> hold(fetched.bundle().digest(), began));
    Map<String, Double> metrics = new TreeMap<>();
    found
        .run()
        .map(run -> new TreeMap<>(logged.outputs(run).metrics()))
        .ifPresent(
            all ->
                all.entrySet().stream()
                    .limit(MOST_METRICS)
                    .forEach(metric -> metrics.put(metric.getKey(), metric.getValue())));
    for (int again = 0; again < MOST_TRIES; again++) {
      Preparation job =
          ask(
              new Preparations.Request(
                  model.id(),
                  model.task(),
                  fetched.bundle(),
                  found.experimentId(),
                  found.origin(),
                  pinned,
                  metrics,
                  again,
                  principal));
      if (job.version().isEmpty()) {
        transactions.run(() -> stored.readBy(fetched.bundle().digest(), job.jobId()));
        return new Added.ByJob(job);
      }
      VersionNumber number = job.version().get();
      Optional<ModelVersion> version = transactions.call(() -> versions.find(model.id(), number));
      if (version.isPresent()) {
        return new Added.Version(new Registered(version.get(), false));
      }
    }
    throw new IllegalStateException("Every version that was made of these files is gone.");
  }

  /** From here on the files stay: who removes them sees that they were stored again. */
  private void hold(Digest digest, Instant began) {
    if (!removals.hold(digest, began.minus(RegisterVersion.CLOCKS_APART))) {
      throw RegisterVersion.beingRemoved();
    }
    stored.note(digest);
  }

  private Preparation ask(Preparations.Request request) {
    try {
      return preparations.ask(request);
    } catch (Preparations.PreparationRefused refused) {
      throw new Problem(RegistryError.PREPARATION_REFUSED, refused.reason());
    }
  }

  private String pinned(String examples) {
    return dataSets
        .find(examples)
        .map(EvaluationDataSets.Pinned::reference)
        .orElseThrow(() -> Problem.invalid("examples", "there is no such data set"));
  }

  private FetchedBundle fetch(Found found) {
    try {
      return bundles
          .fetch(found.files())
          .orElseThrow(
              () -> new Problem(RegistryError.RUN_HAS_NO_MODEL, "The logged model has no files."));
    } catch (BundleRefused refused) {
      throw new Problem(RegistryError.BUNDLE_REFUSED, refused.reason());
    }
  }
}
