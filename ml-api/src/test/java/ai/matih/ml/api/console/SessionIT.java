package ai.matih.ml.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser's session is worth, and what it is not. */
class SessionIT {

  private static final String SESSIONS = "/api/v1/ml/access/sessions";
  private static final String CALLER = "/api/v1/ml/access/caller";
  private static final String LINKS = "/api/v1/ml/access/sign-in-links";

  private final RunningDoor door = RunningDoor.get();
  private final String tenant = door.freshTenant();

  @Test
  void a_session_is_its_keys_caller_until_the_key_is_revoked() {
    String key = door.key(tenant, "reviewer", "user:rita");
    Answer begun = begin(key);
    assertThat(begun.status()).as(begun.text()).isEqualTo(201);
    assertThat(begun.header("Set-Cookie"))
        .contains("HttpOnly", "SameSite=Strict", "Path=/api/v1/ml", "Max-Age=28800")
        .doesNotContain("Secure", key.substring(4));
    assertThat(begun.header("Cache-Control")).contains("no-store");

    Answer caller = fromThePage(cookie(begun), "GET", CALLER);
    assertThat(caller.json().get("principal").asString()).isEqualTo("user:rita");
    assertThat(caller.json().get("tenant").asString()).isEqualTo(tenant);
    assertThat(caller.json().get("permissions").toString()).contains("models:approve");

    String id =
        door.get(RunningDoor.BOOTSTRAP_KEY, "/api/v1/ml/keys?tenant=" + tenant)
            .json()
            .at("/items/0/id")
            .asString();
    door.delete(RunningDoor.BOOTSTRAP_KEY, "/api/v1/ml/keys/" + id + "?tenant=" + tenant);
    assertThat(fromThePage(cookie(begun), "GET", CALLER).status()).isEqualTo(401);
  }

  @Test
  void a_cookie_alone_opens_nothing() {
    String cookie = cookie(begin(door.key(tenant, "admin", "user:root")));

    assertThat(withCookie(cookie, "GET", CALLER, Map.of()).status()).isEqualTo(401);
    for (String site : List.of("cross-site", "same-site", "none")) {
      assertThat(
              withCookie(
                      cookie, "GET", CALLER, Map.of("X-Matih-Console", "1", "Sec-Fetch-Site", site))
                  .status())
          .as(site)
          .isEqualTo(401);
    }
    assertThat(
            withCookie(
                    cookie,
                    "GET",
                    CALLER,
                    Map.of("X-Matih-Console", "1", "Sec-Fetch-Site", "same-origin"))
                .status())
        .isEqualTo(200);
  }

  @Test
  void the_cookie_stays_at_the_door() {
    String cookie = cookie(begin(door.key(tenant, "viewer", "user:vic")));

    Answer echoed = fromThePage(cookie, "GET", "/api/v1/ml/models");

    assertThat(echoed.status()).isEqualTo(200);
    assertThat(echoed.text()).doesNotContain(cookie).doesNotContain("mls_");
  }

  @Test
  void a_browser_behind_an_encrypted_address_keeps_the_cookie_to_such() {
    String key = door.key(tenant, "viewer", "user:vic");
    Answer begun =
        door.send(
            key,
            HttpRequest.newBuilder(door.address().resolve(SESSIONS))
                .header("X-Forwarded-Proto", "https")
                .POST(HttpRequest.BodyPublishers.noBody()));
    String set = begun.header("Set-Cookie");
    assertThat(set).startsWith("__Host-matih_console=mls_").contains("Secure", "Path=/;");

    Map<String, String> encrypted = Map.of("X-Matih-Console", "1", "X-Forwarded-Proto", "https");
    assertThat(withCookie(cookie(begun), "GET", CALLER, encrypted).status()).isEqualTo(200);
    String plantable = cookie(begun).substring("__Host-".length());
    assertThat(withCookie(plantable, "GET", CALLER, encrypted).status()).isEqualTo(401);
    Answer ended = withCookie(cookie(begun), "DELETE", SESSIONS + "/current", encrypted);
    assertThat(ended.header("Set-Cookie"))
        .contains("__Host-matih_console=;", "Max-Age=0", "Path=/;", "Secure");
  }

  /** A cookie that somebody planted with a longer path would come first. */
  @Test
  void a_browser_with_two_sessions_is_refused() {
    String own = cookie(begin(door.key(tenant, "viewer", "user:vic")));
    String planted = cookie(begin(door.key(tenant, "viewer", "user:mallory")));

    Answer refused = fromThePage(planted + "; " + own, "GET", CALLER);

    assertThat(refused.code()).isEqualTo("Common:MalformedRequest");
    assertThat(refused.text()).contains("Remove the cookies");
    assertThat(fromThePage("other=1; " + own, "GET", CALLER).status()).isEqualTo(200);
  }

  @Test
  void a_session_cannot_make_itself_live_on() {
    String cookie = cookie(begin(door.key(tenant, "viewer", "user:vic")));

    assertThat(fromThePage(cookie, "POST", SESSIONS).code()).isEqualTo("Common:Forbidden");
    assertThat(fromThePage(cookie, "POST", LINKS).code()).isEqualTo("Common:Forbidden");
    String session = cookie.substring("matih_console=".length());
    String basic =
        "Basic "
            + Base64.getEncoder().encodeToString(("x:" + session).getBytes(StandardCharsets.UTF_8));
    for (String path : List.of(SESSIONS, LINKS)) {
      Answer answer =
          door.send(
              "",
              HttpRequest.newBuilder(door.address().resolve(path))
                  .header("Authorization", basic)
                  .POST(HttpRequest.BodyPublishers.noBody()));
      assertThat(answer.code()).as(path).isEqualTo("Common:Forbidden");
    }
  }

  @Test
  void signing_out_takes_the_cookie_back() {
    String cookie = cookie(begin(door.key(tenant, "viewer", "user:vic")));

    Answer ended = fromThePage(cookie, "DELETE", SESSIONS + "/current");

    assertThat(ended.status()).isEqualTo(204);
    assertThat(ended.header("Set-Cookie")).contains("matih_console=;", "Max-Age=0");
  }

  @Test
  void a_link_begins_one_session() {
    Answer made = door.post(door.key(tenant, "data-scientist", "user:dora"), LINKS, "");
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    String path = made.json().get("path").asString();
    assertThat(path).startsWith("/console/#link=mlo_");
    String link = path.substring(path.indexOf('=') + 1);

    Answer begun = begin(link);
    assertThat(begun.status()).as(begun.text()).isEqualTo(201);
    assertThat(begun.json().at("/caller/principal").asString()).isEqualTo("user:dora");
    assertThat(fromThePage(cookie(begun), "GET", CALLER).status()).isEqualTo(200);
    assertThat(begin(link).status()).isEqualTo(401);
  }

  @Test
  void of_many_who_use_a_link_at_once_one_comes_in() throws Exception {
    String path =
        door.post(door.key(tenant, "viewer", "user:vic"), LINKS, "").json().get("path").asString();
    String link = path.substring(path.indexOf('=') + 1);
    Callable<Integer> use = () -> begin(link).status();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Integer> statuses =
          threads.invokeAll(List.of(use, use, use, use, use, use)).stream()
              .map(Future::resultNow)
              .toList();
      assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mls_", "mls_AAAA", "mlo_AAAA", "x", "mls_%00"})
  void a_cookie_that_is_no_session_opens_nothing(String value) {
    assertThat(fromThePage("matih_console=" + value, "GET", CALLER).status()).isEqualTo(401);
  }

  @Test
  void everybody_with_a_key_may_ask_who_it_is() {
    for (String role :
        List.of("viewer", "data-scientist", "ml-engineer", "reviewer", "operator", "inference")) {
      assertThat(door.get(door.key(tenant, role, "app:" + role), CALLER).json().get("roles"))
          .hasToString("[\"" + role + "\"]");
    }
    assertThat(door.get("", CALLER).status()).isEqualTo(401);
  }

  private Answer begin(String credential) {
    return door.send(
        credential,
        HttpRequest.newBuilder(door.address().resolve(SESSIONS))
            .POST(HttpRequest.BodyPublishers.noBody()));
  }

  private static String cookie(Answer begun) {
    return begun.header("Set-Cookie").split(";", 2)[0];
  }

  private Answer fromThePage(String cookie, String method, String path) {
    return withCookie(cookie, method, path, Map.of("X-Matih-Console", "1"));
  }

  private Answer withCookie(
      String cookie, String method, String path, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door.address().resolve(path))
            .header("Cookie", cookie)
            .method(method, HttpRequest.BodyPublishers.noBody());
    headers.forEach(request::header);
    return door.send("", request);
  }
}
