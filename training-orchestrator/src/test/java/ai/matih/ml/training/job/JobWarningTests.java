package ai.matih.ml.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.training.job.JobWarning.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The warnings of a training. */
class JobWarningTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern CODE = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|");
  private static final Pattern PYTHON = Pattern.compile("(?m)^    [A-Z_]+ = \"([a-z_]+)\"");

  @Test
  void have_the_codes_of_the_docs_and_of_the_training_code() throws IOException {
    List<String> codes = Arrays.stream(Code.values()).map(Code::wire).toList();
    String docs = Files.readString(Path.of("../docs/concepts/jobs.md"));

    assertThat(found(CODE, docs.substring(docs.indexOf("## Warnings")))).isEqualTo(codes);
    assertThat(
            found(
                PYTHON, Files.readString(Path.of("src/main/python/matih_training/job_warning.py"))))
        .isEqualTo(codes);
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  @Test
  void are_read_as_they_were_stored() {
    JobProgress progress =
        new JobProgress(
            "training",
            1,
            2,
            Map.of("auc", 0.5),
            Instant.EPOCH,
            List.of(new JobWarning(Code.COLUMN_EMPTY, Optional.of("🚀"), "Nothing is in it.")));

    assertThat(JSON.readValue(JSON.writeValueAsString(progress), JobProgress.class))
        .isEqualTo(progress);
  }

  @Test
  void what_was_stored_before_there_were_any_has_none() {
    String stored =
        "{'phase':'training','iteration':1,'total':2,'metrics':{},'at':'2026-01-01T00:00:00Z'}";

    assertThat(JSON.readValue(stored.replace('\'', '"'), JobProgress.class).warnings()).isEmpty();
  }
}
