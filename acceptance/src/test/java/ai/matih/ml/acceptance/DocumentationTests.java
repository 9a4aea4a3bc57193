package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the documentation promises about the whole suite, read from the sources. */
class DocumentationTests {

  private static final Path ROOT = root();
  private static final Pattern PREFIX = Pattern.compile("new Definition\\(\"(\\w+)\", status");
  private static final Pattern CONSTANT =
      Pattern.compile("^ {2}([A-Z][A-Z_]+)\\(\\s*HttpStatus\\.", Pattern.MULTILINE);
  private static final Pattern DOCUMENTED =
      Pattern.compile("^\\| `(\\w+:\\w+)` ", Pattern.MULTILINE);
  private static final String API = "/api/v1/ml";
  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
  private static final Pattern ENDPOINT = Pattern.compile("^\\| `/.*\\|$", Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");
  private static final Pattern TERM =
      Pattern.compile("^\\| ([^|]+) \\| [^|]+ \\| `([^`]+)` \\|$", Pattern.MULTILINE);
  private static final Pattern CODE_BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);

  @Test
  void every_error_code_is_documented_and_none_else() {
    List<String> codes =
        files(ROOT, "Error.java").stream()
            .filter(file -> file.toString().contains("src/main/java"))
            .flatMap(file -> codes(read(file)))
            .toList();

    assertThat(codes).hasSizeGreaterThan(80).doesNotHaveDuplicates();
    assertThat(DOCUMENTED.matcher(read(ROOT.resolve("docs/operate/errors.md"))).results())
        .extracting(found -> found.group(1))
        .containsExactlyInAnyOrderElementsOf(codes);
  }

  @Test
  void every_endpoint_is_listed_with_its_permission_and_none_else() {
    List<String> rows =
        files(ROOT, ".json").stream()
            .filter(file -> file.toString().contains("/src/main/openapi/"))
            .flatMap(file -> rows(JsonMapper.builder().build().readTree(file)))
            .toList();

    assertThat(rows).hasSizeGreaterThan(100);
    assertThat(ENDPOINT.matcher(read(ROOT.resolve("docs/reference/endpoints.md"))).results())
        .extracting(MatchResult::group)
        .containsExactlyInAnyOrderElementsOf(rows);
  }

  /** As the page has them: those below the door's usual prefix, methods in a fixed order. */
  private static Stream<String> rows(JsonNode document) {
    return document
        .path("paths")
        .propertyStream()
        .filter(path -> path.getKey().startsWith(API + "/"))
        .map(
            path ->
                "| `%s` | %s |"
                    .formatted(
                        path.getKey().substring(API.length()),
                        METHODS.stream()
                            .filter(path.getValue()::has)
                            .map(method -> call(method, path.getValue().get(method)))
                            .collect(Collectors.joining(" · "))));
  }

  private static String call(String method, JsonNode operation) {
    return "%s `%s`"
        .formatted(
            method.toUpperCase(Locale.ROOT),
            operation.path("x-permission").asString("").replace(" or ", "` or `"));
  }

  @Test
  void every_link_between_pages_leads_somewhere() {
    List<Path> pages = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
    Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
        .map(ROOT::resolve)
        .forEach(pages::add);

    assertThat(pages)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            page ->
                assertThat(links(page))
                    .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists()));
  }

  @Test
  void every_term_of_the_glossary_is_there_once_and_names_a_place_that_exists() {
    List<MatchResult> rows =
        TERM.matcher(read(ROOT.resolve("docs/concepts/glossary.md"))).results().toList();

    assertThat(rows).hasSizeGreaterThan(50);
    assertThat(rows).extracting(row -> row.group(1)).doesNotHaveDuplicates();
    assertThat(rows).extracting(row -> row.group(1).toLowerCase(Locale.ROOT)).isSorted();
    List<Path> sources =
        files(ROOT, ".java").stream()
            .filter(file -> file.toString().contains("/src/main/java/"))
            .toList();
    assertThat(rows).extracting(row -> row.group(2)).allMatch(place -> exists(place, sources));
  }

  /** A path of the repository, or a package or class below {@code ai/matih/ml}. */
  private static boolean exists(String place, List<Path> sources) {
    return Files.exists(ROOT.resolve(place))
        || sources.stream()
            .map(Path::toString)
            .anyMatch(
                source ->
                    source.endsWith("/ai/matih/ml/" + place + ".java")
                        || source.contains("/ai/matih/ml/" + place + "/"));
  }

  private static Stream<String> codes(String source) {
    return PREFIX
        .matcher(source)
        .results()
        .limit(1)
        .flatMap(
            prefix ->
                CONSTANT
                    .matcher(source)
                    .results()
                    .map(constant -> prefix.group(1) + ":" + camel(constant.group(1))));
  }

  private static String camel(String constant) {
    return Arrays.stream(constant.split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  private static List<String> links(Path page) {
    return LINK.matcher(CODE_BLOCK.matcher(read(page)).replaceAll(""))
        .results()
        .map((MatchResult link) -> link.group(1))
        .filter(link -> !link.startsWith("http"))
        .toList();
  }

  private static List<Path> files(Path below, String ending) {
    try (Stream<Path> files =
        Files.find(
            below,
            12,
            (file, attributes) ->
                attributes.isRegularFile()
                    && file.getFileName().toString().endsWith(ending)
                    && !file.toString().contains("/target/"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("docs/operate/errors.md"))
        ? here
        : here.resolve("..").normalize();
  }
}
