package ai.matih.ml.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import java.net.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The console's files as they are served. */
class ConsolePagesIT {

  private static final Pattern IMPORT =
      Pattern.compile("(?:from\\s*|import\\s*\\(?\\s*)['\"]([\\w@./-]+)['\"]");
  private static final long FIRST_VIEW_BYTES = 150_000;

  private final RunningDoor door = RunningDoor.get();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/",
        "/console/models/churn/transitions/8e0d",
        "/console/audit?principal=x",
        "/console/index.html"
      })
  void every_address_is_the_page_under_a_strict_policy(String path) {
    Answer page = door.get("", path);

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Cache-Control")).isEqualTo("no-cache");
    assertThat(page.header("Content-Security-Policy"))
        .contains(
            "default-src 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "connect-src 'self'")
        .doesNotContain("unsafe", "http:", "https:", "*");
    assertThat(page.text()).doesNotContain("{{").doesNotContain("http:").doesNotContain("https:");
    assertThat(conditional(path, page.header("ETag")).status()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console"})
  void short_addresses_lead_there(String path) {
    Answer answer = door.get("", path);

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).endsWith("/console/");
  }

  @Test
  void what_modules_import_is_there_and_nothing_else_is_served() {
    Set<String> modules = modules("app.js");

    assertThat(modules).anyMatch(path -> path.endsWith("/views/home-view.js"));
    for (String path : modules) {
      Answer file = door.get("", path);
      assertThat(file.status()).as(path).isEqualTo(200);
      assertThat(file.header("Content-Type")).as(path).startsWith("text/javascript");
      assertThat(file.header("Cache-Control")).contains("immutable");
      assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }
    for (String path :
        new String[] {"README.md", "index.html", "lib/lit/package.json", "../x.js"}) {
      assertThat(door.get("", folder() + path).header("Content-Type"))
          .as(path)
          .doesNotStartWith("text/javascript");
    }
  }

  @Test
  void a_file_of_another_release_is_gone_and_not_the_page() {
    Answer gone = door.get("", "/console/0123456789abcdef/app.js");

    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.header("Cache-Control")).contains("no-store");
  }

  @Test
  void nothing_is_done_by_other_methods() {
    assertThat(door.post("", "/console/", "{}").status()).isEqualTo(405);
    assertThat(door.delete("", "/console/models/x").status()).isEqualTo(405);
  }

  /** The page, its styles and all that the first view imports, as a browser fetches it. */
  @Test
  void the_first_view_is_small() {
    Set<String> wanted = new HashSet<>(modules("views/home-view.js"));
    Deque<String> statics = new ArrayDeque<>(Set.of(folder() + "app.js"));
    while (!statics.isEmpty()) {
      String path = statics.pop();
      if (wanted.add(path)) {
        Matcher imports = Pattern.compile("from\\s*['\"]([\\w@./-]+)['\"]").matcher(text(path));
        while (imports.find()) {
          statics.add(resolved(path, imports.group(1)));
        }
      }
    }
    Matcher styles = Pattern.compile("href=\"([^\"]+\\.(?:css|svg))\"").matcher(page());
    while (styles.find()) {
      wanted.add(styles.group(1));
    }
    wanted.add("/console/");
    long bytes = wanted.stream().mapToLong(this::compressed).sum();

    assertThat(bytes).as("%d files", wanted.size()).isLessThan(FIRST_VIEW_BYTES);
  }

  /** All modules that can be reached from one, by import of either kind. */
  private Set<String> modules(String from) {
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(Set.of(folder() + from));
    while (!open.isEmpty()) {
      String path = open.pop();
      if (found.add(path)) {
        Matcher imports = IMPORT.matcher(text(path));
        while (imports.find()) {
          open.add(resolved(path, imports.group(1)));
        }
      }
    }
    return found;
  }

  private String resolved(String path, String name) {
    if (name.startsWith(".")) {
      return door.address().resolve(path).resolve(name).getPath();
    }
    JsonNode map = RunningDoor.JSON.readTree(between(page(), "importmap\">", "</script>"));
    JsonNode address = map.get("imports").get(name);
    assertThat(address).as("%s, imported by %s", name, path).isNotNull();
    return address.asString();
  }

  private String folder() {
    return between(page(), "src=\"", "app.js\"");
  }

  private String page() {
    return text("/console/");
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private String text(String path) {
    return door.get("", path).text().replaceAll("(?s)/\\*.*?\\*/", "");
  }

  private long compressed(String path) {
    Answer answer =
        door.send(
            "",
            HttpRequest.newBuilder(door.address().resolve(path))
                .header("Accept-Encoding", "gzip")
                .GET());
    assertThat(answer.header("Content-Encoding")).as(path).isEqualTo("gzip");
    return answer.response().body().length;
  }

  private Answer conditional(String path, String etag) {
    return door.send(
        "",
        HttpRequest.newBuilder(door.address().resolve(path)).header("If-None-Match", etag).GET());
  }
}
