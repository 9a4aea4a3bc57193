package ai.matih.ml.registry.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.registry.webhook.Receiver.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Events from a change to a receiver, on a real PostgreSQL and over real HTTP. */
class WebhookIT {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "registry.webhook.allow-http", "true",
          "registry.webhook.allowed-networks", "127.0.0.0/8",
          "registry.webhook.ports", "",
          "registry.webhook.first-pause", "PT0.2S",
          "registry.webhook.max-pause", "PT1S",
          "registry.webhook.check-every", "PT0.2S",
          "registry.webhook.timeout", "PT3S",
          "registry.webhook.max-per-tenant", "3");

  private static final RegistryUnderTest registry =
      RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"), SETTINGS);

  private final Walk walk = new Walk(registry);
  private final String operator = TestTokens.user(walk.tenant, "olga", Role.OPERATOR);
  private final Receiver receiver = new Receiver();

  @AfterAll
  static void stop() {
    registry.close();
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  private Answer subscribe(String types, String models) {
    return subscribe(receiver, types, models);
  }

  private Answer subscribe(Receiver to, String types, String models) {
    return registry
        .post(
            operator,
            "/webhooks",
            "{\"name\":\"hook\",\"url\":\"%s\",\"event_types\":[%s],\"models\":[%s]}"
                .formatted(to.url(), types, models))
        .expect(201);
  }

  private void change(String model, String description) {
    registry
        .patch(walk.alice, "/models/" + model, "{\"description\":\"%s\"}".formatted(description))
        .expect(200);
  }

  private Answer awaitDelivery(String webhook, String status) {
    return Walk.await(
        () ->
            registry.get(operator, "/webhooks/%s/deliveries?status=%s".formatted(webhook, status)),
        answer -> !answer.json().at("/items").isEmpty());
  }

  private int execute(String sql, Object... params) {
    return TenantScope.acrossTenants(
        () ->
            registry
                .bean(Transactions.class)
                .call(() -> registry.bean(JdbcClient.class).sql(sql).params(params).update()));
  }

  @Test
  void a_walk_is_told_signed_and_as_cloud_events() {
    String secret = subscribe("", "").text("/secret");
    String model = walk.model("Told");
    int version = walk.productionVersion(model, 0.8);

    List<Message> told =
        receiver.awaitThat(
            all ->
                types(all).contains("approval.given")
                    && all.stream().filter(m -> m.body().contains("ml.stage.changed")).count()
                        == 2);
    assertThat(types(told))
        .contains(
            "model.created",
            "version.registered",
            "evidence.recorded",
            "transition.requested",
            "transition.completed");
    assertThat(told)
        .allMatch(message -> message.isSignedWith(secret))
        .allMatch(message -> message.type().equals("application/cloudevents+json; charset=utf-8"));
    JsonNode changed =
        told.stream()
            .map(Message::event)
            .filter(event -> event.at("/type").asString().equals("ai.matih.ml.stage.changed"))
            .filter(event -> event.at("/data/to").asString("").equals("production"))
            .findFirst()
            .orElseThrow();
    assertThat(changed.at("/specversion").asString()).isEqualTo("1.0");
    assertThat(changed.at("/subject").asString()).isEqualTo("models/told/versions/" + version);
    assertThat(changed.at("/tenant").asString()).isEqualTo(walk.tenant);
    assertThat(changed.at("/actor").asString()).isEqualTo("user:bob");
    assertThat(changed.at("/requestid").asString()).isNotEmpty();
    assertThat(changed.at("/data/model_id").asString()).isEqualTo("told");
    assertThat(changed.at("/data/version").asInt()).isEqualTo(version);

    // The event names the row of the audit chain that it tells of.
    JsonNode row =
        registry
            .get(walk.bob, "/models/told/audit?page_size=500")
            .json()
            .at("/items")
            .valueStream()
            .filter(one -> one.at("/seq").equals(changed.at("/auditseq")))
            .findFirst()
            .orElseThrow();
    assertThat(row.at("/hash")).isEqualTo(changed.at("/audithash"));
    assertThat(row.at("/action").asString()).isEqualTo("stage.changed");
  }

  private static Set<String> types(List<Message> messages) {
    return messages.stream()
        .map(message -> message.event().at("/type").asString().substring("ai.matih.ml.".length()))
        .collect(Collectors.toSet());
  }

  @Test
  void only_what_was_asked_for_is_told_and_nothing_of_others_or_of_what_did_not_happen() {
    String mine = walk.model("Mine");
    String other = walk.model("Other");
    subscribe("\"ai.matih.ml.model.changed\",\"ai.matih.ml.transition.requested\"", "\"mine\"");
    Walk foreign = new Walk(registry);
    foreign.model("Mine");
    change(other, "not wanted");
    registry.put(walk.alice, "/models/mine/policy", "{}", "If-Match", "\"1\"").expect(200);
    registry.patch(foreign.alice, "/models/mine", "{\"description\":\"theirs\"}").expect(200);
    walk.promote(walk.alice, mine, 9, "staging").expect(404);
    change(mine, "wanted");

    assertThat(receiver.await(1)).hasSize(1);
    assertThat(receiver.messages().getFirst().event().at("/data/model_id").asString())
        .isEqualTo("mine");
    assertThat(execute("update webhook_event set body = body where tenant = ?", walk.tenant))
        .isEqualTo(1);
  }

  @Test
  void a_secret_is_shown_once_and_stored_encrypted() {
    String body = "{\"name\":\"hook\",\"url\":\"%s\"}".formatted(receiver.url());
    Answer first = registry.post(operator, "/webhooks", body, "Idempotency-Key", "k");
    String id = first.expect(201).text("/id");
    String secret = first.text("/secret");
    assertThat(secret).startsWith("whsec_");
    assertThat(first.http().headers().firstValue("Cache-Control")).contains("no-store");

    Answer again = registry.post(operator, "/webhooks", body, "Idempotency-Key", "k").expect(201);
    assertThat(again.text("/id")).isEqualTo(id);
    assertThat(again.http().headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(again.http().body()).doesNotContain("whsec_");
    assertThat(registry.get(operator, "/webhooks").http().body()).doesNotContain("whsec_");
    assertThat(registry.get(operator, "/webhooks/" + id).http().body()).doesNotContain("whsec_");
    for (String table : List.of("webhook", "idempotency_key", "audit")) {
      assertThat(
              TenantScope.acrossTenants(
                  () ->
                      registry
                          .bean(Transactions.class)
                          .call(
                              () ->
                                  registry
                                      .bean(JdbcClient.class)
                                      .sql(
                                          "select t::text from %s t where tenant = ?"
                                              .formatted(table))
                                      .param(walk.tenant)
                                      .query(String.class)
                                      .list())))
          .isNotEmpty()
          .noneMatch(row -> row.contains(secret))
          .noneMatch(row -> row.contains(hex(secret)));
    }

    Answer rotated =
        registry.post(operator, "/webhooks/" + id + "/rotate-secret", "{}").expect(200);
    assertThat(rotated.text("/old_secret_until")).isNotEmpty();
    registry.post(operator, "/webhooks/" + id + "/ping", "{}").expect(202);
    Message ping = receiver.await(1).getFirst();
    assertThat(ping.isSignedWith(secret)).isTrue();
    assertThat(ping.isSignedWith(rotated.text("/secret"))).isTrue();
    assertThat(ping.event().at("/type").asString()).isEqualTo("ai.matih.ml.webhook.ping");
  }

  private static String hex(String text) {
    return java.util.HexFormat.of()
        .formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void a_failed_delivery_is_tried_again_with_the_same_id_and_can_be_replayed() {
    receiver.answers(number -> number < 3 ? 500 : 200);
    String webhook = subscribe("\"ai.matih.ml.model.created\"", "").text("/id");
    walk.model("Again");

    Answer delivered = awaitDelivery(webhook, "delivered");
    JsonNode delivery = delivered.json().at("/items/0");
    assertThat(delivery.at("/attempts").asInt()).isEqualTo(3);
    assertThat(delivery.at("/response_status").asInt()).isEqualTo(200);
    assertThat(delivery.at("/duration_ms").asLong()).isNotNegative();
    assertThat(delivery.at("/response_excerpt").asString()).isEqualTo("ok or not");
    assertThat(delivery.has("next_attempt_at")).isFalse();
    assertThat(receiver.messages())
        .extracting(Message::id)
        .hasSize(3)
        .containsOnly(delivery.at("/event_id").asString());
    assertThat(receiver.messages()).extracting(Message::body).doesNotContainNull().hasSize(3);
    assertThat(Set.copyOf(receiver.messages().stream().map(Message::body).toList())).hasSize(1);
    assertThat(registry.get(operator, "/webhooks/" + webhook).text("/conditions/0/reason"))
        .isEqualTo("Delivering");

    String path = "/webhooks/%s/deliveries/%s".formatted(webhook, delivery.at("/id").asString());
    Answer replay =
        registry.post(operator, path + "/replay", "{}", "Idempotency-Key", "r").expect(202);
    assertThat(registry.post(operator, path + "/replay", "{}", "Idempotency-Key", "r").text("/id"))
        .isEqualTo(replay.text("/id"));
    assertThat(replay.text("/replay_of")).isEqualTo(delivery.at("/id").asString());
    assertThat(receiver.await(4))
        .extracting(Message::id)
        .containsOnly(delivery.at("/event_id").asString());
    assertThat(replay.http().headers().firstValue("Location").orElseThrow())
        .endsWith(replay.text("/id"));
    assertThat(
            registry
                .get(operator, "/webhooks/" + webhook + "/deliveries?page_size=1")
                .text("/next_page_token"))
        .isNotEmpty();
  }

  @Test
  void what_cannot_be_delivered_is_given_up_and_a_webhook_that_fails_for_days_is_disabled() {
    receiver.answers(_ -> 503);
    String webhook = subscribe("\"ai.matih.ml.model.created\"", "").text("/id");
    String path = "/webhooks/" + webhook;
    walk.model("First");
    receiver.await(1);
    Answer failing =
        Walk.await(
            () -> registry.get(operator, path),
            answer -> answer.text("/conditions/0/reason").equals("Failing"));
    assertThat(failing.json().at("/active").asBoolean()).isTrue();
    execute(
        "update webhook_delivery set give_up_at = now() where webhook_id = ?",
        UUID.fromString(webhook));
    assertThat(awaitDelivery(webhook, "failed").json().at("/items/0/response_status").asInt())
        .isEqualTo(503);

    execute(
        "update webhook set failing_since = now() - interval '6 days' where id = ?",
        UUID.fromString(webhook));
    walk.model("Second");
    Answer disabled =
        Walk.await(
            () -> registry.get(operator, path), answer -> !answer.json().at("/active").asBoolean());
    assertThat(disabled.text("/conditions/0/reason")).isEqualTo("Disabled");
    assertThat(disabled.text("/conditions/0/message")).contains("Nothing has arrived for");
    registry.post(operator, path + "/ping", "{}").expectProblem(409, "Registry:WebhookInactive");
    int before = receiver.messages().size();
    walk.model("Unheard");

    receiver.answers(_ -> 200);
    Answer active = registry.patch(operator, path, "{\"active\":true}").expect(200);
    assertThat(active.text("/conditions/0/reason")).isEqualTo("Delivering");
    walk.model("Third");
    receiver.awaitThat(all -> all.size() > before);
    assertThat(receiver.messages().subList(before, receiver.messages().size()))
        .allMatch(message -> message.event().at("/subject").asString().equals("models/third"));
  }

  @Test
  void a_receiver_that_is_gone_is_not_asked_again() {
    receiver.answers(_ -> 410);
    String webhook = subscribe("", "").text("/id");
    walk.model("Gone");
    Answer disabled =
        Walk.await(
            () -> registry.get(operator, "/webhooks/" + webhook),
            answer -> answer.text("/conditions/0/reason").equals("Disabled"));
    assertThat(disabled.text("/conditions/0/message")).contains("410");
    awaitDelivery(webhook, "failed");
    assertThat(receiver.messages()).hasSize(1);
  }

  @Test
  void a_slow_receiver_keeps_nobody_waiting() {
    try (Receiver slow = new Receiver()) {
      slow.answers(_ -> 0);
      subscribe(slow, "", "");
      for (int i = 0; i < 20; i++) {
        walk.model("Slow " + i);
      }
      slow.await(1);
      subscribe("\"ai.matih.ml.model.changed\"", "");
      long start = System.nanoTime();
      change("slow-1", "x");
      receiver.await(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void two_replicas_deliver_each_event_once() {
    subscribe("\"ai.matih.ml.model.changed\"", "");
    String model = walk.model("Twice");
    try (RegistryUnderTest replica = registry.replica()) {
      for (int i = 0; i < 60; i++) {
        (i % 2 == 0 ? registry : replica)
            .patch(walk.alice, "/models/" + model, "{\"description\":\"%d\"}".formatted(i))
            .expect(200);
      }
      List<Message> told = receiver.await(60);
      assertThat(told).extracting(Message::id).doesNotHaveDuplicates();
      assertThat(told).hasSize(60);
    }
  }

  @Test
  void what_a_killed_replica_was_sending_is_sent_again() {
    receiver.answers(number -> number == 1 ? 0 : 200);
    try (RegistryUnderTest doomed =
        RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"), SETTINGS)) {
      doomed
          .post(
              operator, "/webhooks", "{\"name\":\"hook\",\"url\":\"%s\"}".formatted(receiver.url()))
          .expect(201);
      doomed
          .post(walk.alice, "/models", "{\"name\":\"Killed\",\"task\":\"regression\"}")
          .expect(201);
      receiver.await(1);
      // The lease of the one that hangs ends; whoever claims it next has a newer epoch.
      TenantScope.acrossTenants(
          () ->
              doomed
                  .bean(Transactions.class)
                  .call(
                      () ->
                          doomed
                              .bean(JdbcClient.class)
                              .sql(
                                  "update webhook_delivery set leased_until = now() - interval '1 second'")
                              .update()));
      List<Message> told = receiver.await(2);
      assertThat(Set.copyOf(told.stream().map(Message::id).toList())).hasSize(1);
      Answer log =
          Walk.await(
              () ->
                  doomed.get(
                      operator,
                      "/webhooks/%s/deliveries"
                          .formatted(doomed.get(operator, "/webhooks").text("/items/0/id"))),
              answer -> answer.text("/items/0/status").equals("delivered"));
      assertThat(log.json().at("/items/0/attempts").asInt()).isEqualTo(2);
    }
  }

  @Test
  void old_deliveries_are_forgotten() {
    String webhook = subscribe("\"ai.matih.ml.model.created\"", "").text("/id");
    walk.model("Old");
    awaitDelivery(webhook, "delivered");
    walk.model("New");
    receiver.await(2);
    execute(
        """
        update webhook_delivery set ended_at = now() - interval '40 days' where webhook_id = ?
          and event_id in (select id from webhook_event where body like '%models/old%')
        """,
        UUID.fromString(webhook));
    execute(
        "update webhook_event set created_at = now() - interval '40 days' where tenant = ? and body like '%models/old%'",
        walk.tenant);
    int forgotten =
        TenantScope.acrossTenants(
            () ->
                registry
                    .bean(Transactions.class)
                    .call(() -> registry.bean(Deliveries.class).forget(Duration.ofDays(30), 100)));
    assertThat(forgotten).isEqualTo(2);
    assertThat(registry.get(operator, "/webhooks/" + webhook + "/deliveries").json().at("/items"))
        .hasSize(1);
  }

  @Test
  void an_address_inside_is_never_called_whatever_it_is_called() {
    Answer webhook =
        registry
            .post(operator, "/webhooks", "{\"name\":\"x\",\"url\":\"http://localhost.invalid/\"}")
            .expect(201);
    registry.post(operator, "/webhooks/" + webhook.text("/id") + "/ping", "{}").expect(202);
    Answer log =
        Walk.await(
            () -> registry.get(operator, "/webhooks/" + webhook.text("/id") + "/deliveries"),
            answer ->
                answer.json().at("/items/0/attempts").asInt() > 0
                    && answer.json().at("/items/0").has("error"));
    assertThat(log.text("/items/0/error")).isEqualTo("The host's name leads nowhere.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"url":"https://example.com/"}                                          | name
          {"name":"","url":"https://example.com/"}                                | name
          {"name":"x"}                                                            | url
          {"name":"x","url":"ftp://example.com/"}                                 | url
          {"name":"x","url":"https://user:pw@example.com/"}                       | url
          {"name":"x","url":"http://10.0.0.1/"}                                   | url
          {"name":"x","url":"http://169.254.169.254/latest/meta-data/"}           | url
          {"name":"x","url":"http://[::ffff:10.0.0.1]/"}                          | url
          {"name":"x","url":"https://example.com/","event_types":["all"]}         | event_types
          {"name":"x","url":"https://example.com/","event_types":[null]}          | eventTypes
          {"name":"x","url":"https://example.com/","models":["Not A Slug"]}       | models
          {"name":"x","url":"https://example.com/","secret":"mine"}               | secret
          """)
  void bad_input_is_named(String body, String field) {
    Answer refused = registry.post(operator, "/webhooks", body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.http().body()).contains(field.equals("eventTypes") ? "event_types" : field);
  }

  @Test
  void webhooks_belong_to_their_tenant_and_to_those_who_may() {
    String webhook = subscribe("", "").text("/id");
    String path = "/webhooks/" + webhook;
    registry.get(walk.alice, path).expectProblem(403, "Common:Forbidden");
    registry.get(walk.bob, "/webhooks").expectProblem(403, "Common:Forbidden");
    String eve = TestTokens.user("other", "eve", Role.ADMIN);
    registry.get(eve, path).expectProblem(404, "Registry:WebhookNotFound");
    registry.delete(eve, path).expectProblem(404, "Registry:WebhookNotFound");
    registry.patch(eve, path, "{\"active\":false}").expectProblem(404, "Registry:WebhookNotFound");
    registry
        .post(eve, path + "/rotate-secret", "{}")
        .expectProblem(404, "Registry:WebhookNotFound");
    registry
        .get(operator, path + "/deliveries/" + UUID.randomUUID())
        .expectProblem(404, "Registry:DeliveryNotFound");
    subscribe("", "");
    subscribe("", "");
    registry
        .post(operator, "/webhooks", "{\"name\":\"x\",\"url\":\"https://example.com/\"}")
        .expectProblem(409, "Registry:WebhookLimitReached");
    assertThat(registry.get(operator, "/webhooks?page_size=2").json().at("/items")).hasSize(2);

    registry.delete(operator, path).expect(204);
    registry.get(operator, path).expectProblem(404, "Registry:WebhookNotFound");
    assertThat(
            registry
                .get(TestTokens.user(walk.tenant, "a", Role.ADMIN), "/webhooks")
                .json()
                .at("/items"))
        .hasSize(2);
  }
}
