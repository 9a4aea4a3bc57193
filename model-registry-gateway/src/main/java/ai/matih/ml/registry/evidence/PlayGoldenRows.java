package ai.matih.ml.registry.evidence;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.evidence.ServingRouter.Answer;
import ai.matih.ml.registry.evidence.ServingRouter.Serving;
import ai.matih.ml.registry.model.ModelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * The platform's integration test: asks the deployed version, through the router as any caller
 * would, for its golden rows and compares the answers.
 */
public final class PlayGoldenRows {

  private static final int MAX_BYTES = 16 << 20;
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
      checks.add(
          Check.failed(
              "golden_rows",
              "The router refused the rows (status %d).".formatted(refused.status())));
    }
    return record.found(version, Evidence.PLATFORM_INTEGRATION, checks);
  }

  private Check compare(ModelVersion version) {
    Optional<GoldenRows> read = read(version);
    if (read.isEmpty() || read.get().rows().size() < MIN_ROWS) {
      return Check.failed(
          "golden_rows",
          "The model has no %s of at least %d rows.".formatted(GoldenRows.PATH, MIN_ROWS));
    }
    GoldenRows golden = read.get();
    for (int from = 0; from < golden.rows().size(); from += ROWS_PER_REQUEST) {
      List<GoldenRows.Row> rows =
          golden.rows().subList(from, Math.min(from + ROWS_PER_REQUEST, golden.rows().size()));
      List<Answer> answers =
          router.predict(
              version.model(),
              version.number(),
              rows.stream().map(GoldenRows.Row::inputs).toList());
      if (answers.size() != rows.size()) {
        return Check.failed(
            "golden_rows", "%d rows got %d answers.".formatted(rows.size(), answers.size()));
      }
      for (int i = 0; i < rows.size(); i++) {
        Optional<String> difference = golden.difference(rows.get(i), answers.get(i));
        if (difference.isPresent()) {
          return Check.failed(
              "golden_rows", "Row %d: the version %s.".formatted(from + i, difference.get()));
        }
      }
    }
    return Check.passed(
        "golden_rows",
        "All golden rows came back as the native model answers them.",
        Map.of("rows", golden.rows().size(), "tolerance", golden.tolerance()));
  }

  private Optional<GoldenRows> read(ModelVersion version) {
    if (!version.bundle().has(GoldenRows.PATH)) {
      return Optional.empty();
    }
    try (InputStream content =
        bundles
            .open(version.bundle().digest(), GoldenRows.PATH)
            .orElse(InputStream.nullInputStream())) {
      byte[] bytes = content.readNBytes(MAX_BYTES + 1);
      return bytes.length > MAX_BYTES
          ? Optional.empty()
          : Optional.of(EngineClients.LENIENT_JSON.readValue(bytes, GoldenRows.class));
    } catch (JacksonException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new EngineFailure.Unavailable("s3", e);
    }
  }
}
