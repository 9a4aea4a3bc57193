package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of calls in the docs is the one of the code, and no call of MLflow's is left out. */
class MlflowDoorDocTests {

  private static final Path DOC = Path.of("../docs/concepts/mlflow-door.md");
  private static final String START = "<!-- calls: written by MlflowDoorDocTests -->\n";

  /** What is no row of a table: files, and who the server is. */
  private static final List<String> OF_THEIR_OWN =
      List.of(
          "GET /api/2.0/mlflow-artifacts/artifacts",
          "GET /api/2.0/mlflow-artifacts/artifacts/{path}",
          "PUT /api/2.0/mlflow-artifacts/artifacts/{path}",
          "GET /api/3.0/mlflow/server-info");

  @Test
  void every_call_of_mlflow_is_offered_or_gated_or_has_a_reason() throws IOException {
    assertThat(mlflowCalls())
        .hasSizeGreaterThan(150)
        .allSatisfy(
            call -> {
              String[] words = call.split(" ", 2);
              String path = words[1].replace("/api/2.0/mlflow/", "");
              boolean offered =
                  OF_THEIR_OWN.contains(call)
                      || MlflowCall.table().stream()
                          .anyMatch(
                              row ->
                                  row.method().equals(words[0])
                                      && row.path().equals(path.replace("{tag_key}", "{key}")));
              boolean gated = GatedCall.of(words[0], path).isPresent();
              boolean explained = NotOffered.of(words[0], words[1]).isPresent();
              assertThat(List.of(offered, gated, explained)).as(call).containsOnlyOnce(true);
            });
  }

  @Test
  void no_reason_is_given_for_nothing() throws IOException {
    List<String> calls = mlflowCalls();
    assertThat(NotOffered.table())
        .allSatisfy(
            row ->
                assertThat(calls)
                    .anyMatch(
                        call -> {
                          String[] words = call.split(" ", 2);
                          return NotOffered.of(words[0], words[1]).equals(Optional.of(row));
                        }));
  }

  /** With {@code -Ddocs.update=true} writes the list instead. */
  @Test
  void the_docs_list_them_call_by_call() throws IOException {
    String doc = Files.readString(DOC);
    assertThat(doc).contains(START);
    String written = doc.substring(0, doc.indexOf(START)) + START + list();
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(DOC, written);
    }
    assertThat(Files.readString(DOC))
        .withFailMessage("%s differs; run once with -Ddocs.update=true", DOC)
        .isEqualTo(written);
  }

  private static String list() throws IOException {
    StringBuilder text = new StringBuilder("\n### Offered\n\n");
    text.append("| call | needs | a job's token |\n|---|---|---|\n");
    for (String call : OF_THEIR_OWN) {
      text.append("| `%s` | `%s` | its own |\n".formatted(call, ofItsOwn(call)));
    }
    for (MlflowCall call : MlflowCall.table()) {
      text.append(
          "| `%s %s` | `%s` | %s |\n"
              .formatted(
                  call.method(),
                  call.address(),
                  call.permission(),
                  call.jobs().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    }
    text.append("\n### Gated\n\n| call | instead |\n|---|---|\n");
    for (GatedCall gated : GatedCall.table()) {
      text.append(
          "| `%s %s` | %s |\n"
              .formatted(
                  gated.methods().stream().sorted().collect(Collectors.joining(" or ")),
                  gated.path(),
                  gated.instead()));
    }
    text.append("\n### Not offered\n\n| call | why |\n|---|---|\n");
    for (String call : mlflowCalls()) {
      String[] words = call.split(" ", 2);
      NotOffered.of(words[0], words[1])
          .ifPresent(row -> text.append("| `%s` | %s |\n".formatted(call, row.reason())));
    }
    return text.toString();
  }

  private static String ofItsOwn(String call) {
    return call.startsWith("PUT") ? "experiments:write" : "experiments:read";
  }

  private static List<String> mlflowCalls() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MlflowDoorDocTests.class.getResourceAsStream("mlflow-calls.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
