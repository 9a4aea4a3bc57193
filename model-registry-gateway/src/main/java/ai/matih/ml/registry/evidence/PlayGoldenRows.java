package ai.matih.ml.registry.evidence;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.GoldenRows;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.ModelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The platform's integration test: asks the deployed version, through the router as any caller
 * would, for its golden rows and compares the answers.
 */
public final class PlayGoldenRows {

  private static final String CHECK = "golden_rows";
  private static final int ROWS_PER_REQUEST = 50;
  private static final int MIN_ROWS = 10;

  private final BundleStore bundles;
  private final ServingRouter router;
  private final RecordEvidence record;

  public PlayGoldenRows(BundleStore bundles, ServingRouter router, RecordEvidence record) {
    this.bundles = bundles;
    this.router = router;
    this.record = record;
  }

  /**
   * Plays the rows and records what came of it. An {@link EngineFailure} that is no refusal passes
   * on: nothing is known then, and it is tried again later.
   */
  public Evidence play(ModelVersion version, Serving serving) {
    List<Check> checks = new ArrayList<>();
    checks.add(
        Check.passed(
            "deployed",
            "The router has it deployed.",
            Map.of("deployments", serving.deployments())));
    try {
      checks.add(compare(version));
    } catch (EngineFailure.Refused refused) {
      checks.add(refused(refused));
    }
    return record.found(version, Evidence.PLATFORM_INTEGRATION, checks);
  }

  /** A version that refuses its own rows is wrong; one that could not be asked is not known. */
  private static Check refused(EngineFailure.Refused refused) {
    return refused.status() == 400 || refused.status() == 422
        ? Check.failed(
            CHECK,
            "The deployed version refused its golden rows (status %d).".formatted(refused.status()))
        : Check.notRun(
            CHECK,
            "Not run: the router refused the call (status %d). Ask again with POST .../validate."
                .formatted(refused.status()));
  }

  private Check compare(ModelVersion version) {
    GoldenRows golden;
    Optional<ReferenceProfile> profile;
    try {
      BundleReader reader = new BundleReader((path, maxBytes) -> file(version, path, maxBytes));
      golden = reader.goldenRows(reader.signature());
      profile = profile(version, reader);
    } catch (BundleRefused refused) {
      return Check.notRun(CHECK, "Nothing was compared: " + refused.reason());
    }
    if (golden.rows().size() < MIN_ROWS) {
      return Check.notRun(
          CHECK,
          "Nothing was compared: the model has %d golden rows; %d are needed."
              .formatted(golden.rows().size(), MIN_ROWS));
    }
    List<GoldenRows.Answer> answers = new ArrayList<>();
    for (int from = 0; from < golden.rows().size(); from += ROWS_PER_REQUEST) {
      List<GoldenRows.Row> rows =
          golden.rows().subList(from, Math.min(from + ROWS_PER_REQUEST, golden.rows().size()));
      List<GoldenRows.Answer> page =
          router.predict(
              version.model(),
              version.number(),
              rows.stream().map(GoldenRows.Row::inputs).toList());
      if (page.size() != rows.size()) {
        return Check.failed(CHECK, "%d rows got %d answers.".formatted(rows.size(), page.size()));
      }
      answers.addAll(page);
    }
    GoldenRows.Comparison comparison =
        golden.compare(answers, row -> profile.filter(known -> known.isFarFrom(row)).isPresent());
    return comparison
        .first()
        .map(
            first ->
                Check.failed(
                    CHECK,
                    "%d of %d golden rows differ. Row %d: the version %s."
                        .formatted(
                            comparison.differing(),
                            comparison.rows(),
                            first.row() + 1,
                            first.what())))
        .orElseGet(
            () ->
                Check.passed(
                    CHECK,
                    "All golden rows came back as the native model answers them.",
                    Map.of(
                        "rows", comparison.rows(),
                        "without_number", comparison.withoutNumber(),
                        "tolerance", golden.tolerance(),
                        "scale", golden.scale(),
                        "max_difference", comparison.maxDifference())));
  }

  private static Optional<ReferenceProfile> profile(ModelVersion version, BundleReader reader) {
    if (!version.bundle().has(BundleReader.REFERENCE_PROFILE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.referenceProfile());
    } catch (BundleRefused unreadable) {
      return Optional.empty();
    }
  }

  private byte[] file(ModelVersion version, String path, int maxBytes) {
    if (!version.bundle().has(path)) {
      throw new BundleRefused(Part.FILES, "The model has no " + path + ".");
    }
    try (InputStream content =
        bundles
            .open(version.bundle().digest(), path)
            .orElseThrow(
                () -> new EngineFailure.Misbehaved("s3", 404, "the bundle's files are gone"))) {
      byte[] bytes = content.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new BundleRefused(
            Part.FILES, "%s is larger than %d bytes.".formatted(path, maxBytes));
      }
      return bytes;
    } catch (IOException e) {
      throw new EngineFailure.Unavailable("s3", e);
    }
  }
}
