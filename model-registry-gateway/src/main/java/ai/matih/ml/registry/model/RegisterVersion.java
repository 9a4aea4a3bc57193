package ai.matih.ml.registry.model;

import ai.matih.ml.bundle.BundleFormat;
import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.artifact.FetchedBundle;
import ai.matih.ml.registry.artifact.RunArtifacts.Run;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.InspectRun.Inspected;
import ai.matih.ml.registry.model.InspectRun.Vouched;
import ai.matih.ml.registry.model.WordsOfVersions.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;

/**
 * Makes a version of a finished run's model.
 *
 * <p>The platform itself fetches and digests the files; a caller names a run, never an address. The
 * same run with the same files is the same version, however often it is registered. Calls to
 * MLflow, S3 and the training service are over before the transaction begins.
 */
public final class RegisterVersion {

  /** How far the clocks of a replica and of the database may be apart. */
  static final Duration CLOCKS_APART = Duration.ofSeconds(10);

  /** What a caller may say about a version. */
  public record Request(
      RunId run,
      Optional<String> job,
      Optional<String> semanticVersion,
      Optional<String> description) {

    Words words() {
      return new Words(semanticVersion, description);
    }
  }

  /**
   * @param created false when the version was there already
   */
  public record Registered(ModelVersion version, boolean created) {}

  private final FindModel find;
  private final Versions versions;
  private final FileRemovals removals;
  private final InspectRun inspect;
  private final WordsOfVersions words;
  private final List<RegistrationListener> listeners;
  private final ModelTransactions transactions;

  public RegisterVersion(
      FindModel find,
      Versions versions,
      FileRemovals removals,
      InspectRun inspect,
      WordsOfVersions words,
      List<RegistrationListener> listeners,
      ModelTransactions transactions) {
    this.find = find;
    this.versions = versions;
    this.removals = removals;
    this.inspect = inspect;
    this.words = words;
    this.listeners = List.copyOf(listeners);
    this.transactions = transactions;
  }

  public Registered register(ModelId id, Request request, String principal) {
    transactions.run(() -> find.active(id));
    Inspected inspected = inspect.inspect(request.run(), request.job());
    return transactions.locked(id, () -> store(id, request, principal, inspected));
  }

  private Registered store(ModelId id, Request request, String principal, Inspected inspected) {
    find.active(id);
    Run run = inspected.run();
    FetchedBundle fetched = inspected.fetched();
    Vouched vouched = inspected.vouched();
    Optional<ModelVersion> known = versions.find(id, run.id(), fetched.bundle().digest());
    if (known.isPresent()) {
      return new Registered(known.get(), false);
    }
    if (!removals.hold(fetched.bundle().digest(), inspected.began().minus(CLOCKS_APART))) {
      throw beingRemoved();
    }
    Instant now = transactions.now();
    Words said =
        vouched.job().map(job -> request.words().or(words.take(job))).orElseGet(request::words);
    ModelVersion version =
        new ModelVersion(
            id,
            versions.nextNumber(id),
            Stage.DEVELOPMENT,
            false,
            now,
            said.semanticVersion(),
            said.description(),
            fetched.bundle(),
            signature(fetched),
            vouched.evaluation(),
            vouched.provenance(),
            vouched.reason(),
            document(fetched, BundleReader.LINEAGE),
            run.id(),
            run.experimentId(),
            vouched.job(),
            vouched.trainedBy(),
            principal,
            now,
            fetched.bundle().has(BundleReader.MODEL) ? OnnxStatus.UNVERIFIED : OnnxStatus.ABSENT,
            Validation.PENDING,
            now);
    versions.add(version);
    transactions.record(
        "version.registered",
        version.path(),
        Map.of(
            "digest", version.bundle().digest(),
            "run_id", run.id(),
            "provenance", version.provenance()));
    listeners.forEach(listener -> listener.registered(version));
    return new Registered(version, true);
  }

  static Problem beingRemoved() {
    return new Problem(
        RegistryError.FILES_BEING_REMOVED,
        "The same files were here before, and they are being removed. Register again in a minute.");
  }

  private static Map<String, Object> signature(FetchedBundle fetched) {
    Map<String, Object> signature = document(fetched, BundleReader.SIGNATURE);
    try {
      BundleFormat.of(signature);
    } catch (BundleRefused refused) {
      throw new Problem(RegistryError.BUNDLE_REFUSED, refused.reason());
    }
    return signature;
  }

  private static Map<String, Object> document(FetchedBundle fetched, String document) {
    return fetched
        .document(document)
        .map(bytes -> InspectRun.read(document, bytes, new TypeReference<Map<String, Object>>() {}))
        .map(RegisterVersion::withoutNulls)
        .orElse(Map.of());
  }

  private static Map<String, Object> withoutNulls(Map<String, Object> document) {
    Map<String, Object> kept = new LinkedHashMap<>(document);
    kept.values().removeIf(java.util.Objects::isNull);
    return kept;
  }
}
