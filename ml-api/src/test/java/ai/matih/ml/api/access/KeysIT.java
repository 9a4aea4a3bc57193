package ai.matih.ml.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysIT {

  private static final String KEYS = "/api/v1/ml/keys";
  private static final String EXPERIMENTS = "/api/v1/ml/experiments";

  private final RunningDoor door = RunningDoor.get();

  @Test
  void a_key_opens_the_door_until_it_is_revoked() {
    Answer made =
        door.post(
            RunningDoor.BOOTSTRAP_KEY,
            KEYS,
            Map.of("name", "ci", "role", "viewer", "principal", "app:ci"));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(made.header("Cache-Control")).contains("no-store");
    String secret = made.json().get("key").asString();
    String id = made.json().get("id").asString();
    assertThat(secret).matches("mlk_[A-Za-z0-9_-]{43}");
    assertThat(door.get(secret, EXPERIMENTS).status()).isEqualTo(200);
    assertThat(door.get(secret, KEYS).status()).isEqualTo(403);

    assertThat(door.delete(RunningDoor.BOOTSTRAP_KEY, KEYS + "/" + id).status()).isEqualTo(204);
    assertThat(door.delete(RunningDoor.BOOTSTRAP_KEY, KEYS + "/" + id).status()).isEqualTo(204);
    assertThat(door.get(secret, EXPERIMENTS).status()).isEqualTo(401);
  }

  @Test
  void a_revocation_in_the_database_shows_within_five_seconds() throws Exception {
    String tenant = door.freshTenant();
    String key = door.key(tenant, "viewer", "user:vic");
    assertThat(door.get(key, EXPERIMENTS).status()).isEqualTo(200);
    // As another replica would do it.
    try (var connection = door.database().as("postgres").connect();
        var statement = connection.createStatement()) {
      statement.execute(
          "update api.api_keys set revoked_at = now() where tenant = '" + tenant + "'");
    }
    Instant deadline = Instant.now().plus(Duration.ofSeconds(5));
    int status = 200;
    while (status == 200 && Instant.now().isBefore(deadline)) {
      status = door.get(key, EXPERIMENTS).status();
    }
    assertThat(status).isEqualTo(401);
  }

  @Test
  void no_secret_is_in_the_database() throws Exception {
    String tenant = door.freshTenant();
    String key = door.key(tenant, "viewer", "user:vic");
    List<String> rows = new ArrayList<>();
    try (var connection = door.database().as("postgres").connect();
        var statement = connection.createStatement()) {
      for (String table : List.of("api_keys", "idempotency_key", "audit", "outbox")) {
        try (var found = statement.executeQuery("select t::text from api." + table + " t")) {
          while (found.next()) {
            rows.add(found.getString(1));
          }
        }
      }
    }
    assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(key.substring(4)));
  }

  @Test
  void a_repeat_makes_no_second_key_and_shows_no_secret() {
    String tenant = door.freshTenant();
    String admin = door.key(tenant, "admin", "user:root");
    Answer first = repeatable(admin, "{\"name\":\"n\",\"role\":\"viewer\"}");
    Answer second = repeatable(admin, "{\"name\":\"n\",\"role\":\"viewer\"}");
    assertThat(first.json().has("key")).isTrue();
    assertThat(first.json().get("principal").asString()).isEqualTo("user:root");
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(second.json().get("id")).isEqualTo(first.json().get("id"));
    assertThat(second.json().has("key")).isFalse();
    assertThat(repeatable(admin, "{\"name\":\"other\",\"role\":\"viewer\"}").code())
        .isEqualTo("Common:IdempotencyKeyReused");
    assertThat(door.get(admin, KEYS).json().get("items")).hasSize(2);
  }

  @Test
  void a_tenants_administrator_rules_over_its_own_keys_only() {
    String tenant = door.freshTenant();
    String other = door.freshTenant();
    String admin = door.key(tenant, "admin", "user:root");
    door.key(other, "viewer", "user:vic");
    String theirs =
        door.get(RunningDoor.BOOTSTRAP_KEY, KEYS + "?tenant=" + other)
            .json()
            .at("/items/0/id")
            .asString();
    assertThat(door.post(admin, KEYS, Map.of("name", "x", "role", "admin", "tenant", other)).code())
        .isEqualTo("Api:ForeignTenant");
    assertThat(door.get(admin, KEYS + "?tenant=" + other).code()).isEqualTo("Api:ForeignTenant");
    assertThat(door.delete(admin, KEYS + "/" + theirs).code()).isEqualTo("Api:KeyNotFound");
    assertThat(door.get(admin, KEYS).text()).doesNotContain(theirs).doesNotContain("\"key\"");
    assertThat(
            door.delete(RunningDoor.BOOTSTRAP_KEY, KEYS + "/" + theirs + "?tenant=" + other)
                .status())
        .isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"x\"} | role",
        "{\"role\":\"viewer\"} | name",
        "{\"name\":\"x\",\"role\":\"service\"} | role",
        "{\"name\":\"x\",\"role\":\"job\"} | role",
        "{\"name\":\"x\",\"role\":\"emperor\"} | role",
        "{\"name\":\"x\",\"role\":7} | role",
        "{\"name\":\"x\",\"role\":\"viewer\",\"tenant\":\"No Tenant\"} | tenant",
        "{\"name\":\"x\",\"role\":\"viewer\",\"principal\":\"service:ml-api\"} | principal",
        "{\"name\":\"x\",\"role\":\"viewer\",\"expires_at\":\"2020-01-01T00:00:00Z\"} | expires_at",
        "{\"name\":\"x\",\"role\":\"viewer\",\"expires_at\":\"2099-01-01T00:00:00Z\"} | expires_at",
        "{\"name\":\"x\",\"role\":\"viewer\",\"hash\":\"y\"} | hash",
      })
  void a_bad_key_is_refused_with_the_field(String body, String field) {
    Answer answer = door.post(RunningDoor.BOOTSTRAP_KEY, KEYS, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().at("/violations/0/field").asString()).isEqualTo(field);
  }

  private Answer repeatable(String key, String body) {
    return door.send(
        key,
        HttpRequest.newBuilder(door.address().resolve(KEYS))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "k-1")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }
}
