package ai.matih.ml.features.feast;

import static ai.matih.ml.features.TestRedis.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.TestKeys;
import ai.matih.ml.features.TestRedis;
import ai.matih.ml.features.feast.wire.Value;
import ai.matih.ml.features.online.EntityKeys;
import ai.matih.ml.features.online.OnlineValues.Wanted;
import ai.matih.ml.features.online.StoredRows;
import com.google.protobuf.Timestamp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.client.RestClient;

/** The reader on a real Redis: what it asks, and what it does when Redis does not answer well. */
class RedisOnlineValuesIT {

  private static final Tenant TENANT = new Tenant("acme");
  private static final Map<String, Object> ANN = Map.of("user", "ann");
  private static final Map<String, Object> BEN = Map.of("user", "ben");
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");

  private static TestRedis redis;

  @BeforeAll
  static void start() throws IOException {
    redis = new TestRedis();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  void all_views_of_an_entity_are_read_by_one_command() throws IOException {
    store(TENANT, ANN, "people", "age", 30);
    store(TENANT, ANN, "shopping", "baskets", 7);
    try (RedisOnlineValues values = values(redis.url())) {
      int before = reads();

      EntityKeys keys = TestKeys.of(List.of(ANN, BEN, ANN));
      List<Optional<StoredRows>> answer =
          values.read(
              TENANT,
              List.of(
                  new Wanted("people", keys, List.of("age", "height")),
                  new Wanted("shopping", keys, List.of("baskets"))));

      StoredRows people = answer.get(0).orElseThrow();
      StoredRows shopping = answer.get(1).orElseThrow();
      for (int ann : List.of(0, 2)) {
        assertThat(people.value(ann, 0)).isEqualTo(30L);
        assertThat(people.eventTime(ann, 0)).isEqualTo(AT);
        assertThat(people.eventTime(ann, 1)).isNull();
        assertThat(shopping.value(ann, 0)).isEqualTo(7L);
      }
      assertThat(people.eventTime(1, 0)).isNull();
      assertThat(shopping.eventTime(1, 0)).isNull();
      assertThat(reads() - before).as("one for each of two entities").isEqualTo(2);
    }
  }

  @Test
  void tenants_whose_names_end_alike_do_not_meet() throws IOException {
    Tenant longer = new Tenant("big-acme");
    Map<String, Object> key = Map.of("user", "cleo");
    store(TENANT, key, "people", "age", 1);
    store(longer, key, "people", "age", 2);
    // The longer project's name is in the value: the same bytes at the end of the key.
    Map<String, Object> crafted = Map.of("user", "cleobig_");
    try (RedisOnlineValues values = values(redis.url())) {
      assertThat(age(values, TENANT, key)).contains(1L);
      assertThat(age(values, longer, key)).contains(2L);
      assertThat(age(values, TENANT, crafted)).isEmpty();
      assertThat(age(values, new Tenant("other"), key)).isEmpty();
    }
  }

  @Test
  void thousands_of_entities_are_one_request() throws IOException {
    List<Map<String, Object>> keys = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      keys.add(Map.of("user", "user " + i));
    }
    store(TENANT, keys.get(4999), "people", "age", 99);
    try (RedisOnlineValues values = values(redis.url())) {
      StoredRows rows =
          values
              .read(TENANT, List.of(new Wanted("people", TestKeys.of(keys), List.of("age"))))
              .getFirst()
              .orElseThrow();

      for (int row = 0; row < 4999; row++) {
        assertThat(rows.eventTime(row, 0)).isNull();
      }
      assertThat(rows.value(4999, 0)).isEqualTo(99L);
    }
  }

  @Test
  void many_requests_at_once_each_get_their_own_values() throws Exception {
    for (int i = 0; i < 50; i++) {
      store(TENANT, Map.of("user", "u" + i), "people", "age", i);
    }
    try (RedisOnlineValues values = values(redis.url());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        long user = i % 50;
        calls.add(() -> age(values, TENANT, Map.of("user", "u" + user)).equals(Optional.of(user)));
      }
      for (Future<Boolean> right : threads.invokeAll(calls)) {
        assertThat(right.get()).isTrue();
      }
    }
  }

  @Test
  void a_redis_that_dies_is_unavailable_and_is_found_again() throws Exception {
    try (TestRedis mortal = new TestRedis();
        RedisOnlineValues values = values(mortal.url())) {
      assertThat(age(values, TENANT, ANN)).isEmpty();

      mortal.kill();
      // More often than the breaker needs to open.
      for (int i = 0; i < 12; i++) {
        assertUnavailable(values);
      }
      mortal.start();

      assertThat(answersWithin(Duration.ofSeconds(10), values)).isTrue();
    }
  }

  @Test
  void a_redis_that_hangs_is_unavailable_in_time_and_its_connections_are_given_up()
      throws Exception {
    try (TestRedis slow = new TestRedis();
        RedisOnlineValues values = values(slow.url())) {
      assertThat(age(values, TENANT, ANN)).isEmpty();
      slow.freeze(true);
      try {
        long started = System.nanoTime();
        assertUnavailable(values);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
      } finally {
        slow.freeze(false);
      }
      assertThat(answersWithin(Duration.ofSeconds(10), values)).isTrue();
    }
  }

  @Test
  void a_redis_that_was_never_there_is_unavailable() {
    try (RedisOnlineValues values = values("redis://127.0.0.1:1")) {
      assertUnavailable(values);
    }
  }

  @Test
  void a_wrong_password_is_unavailable_and_not_told() {
    try (RedisOnlineValues values =
        values(settings(redis.url(), TestRedis.READER, "not-the-password", ""))) {
      assertThatExceptionOfType(EngineFailure.Unavailable.class)
          .isThrownBy(() -> age(values, TENANT, ANN))
          .satisfies(failure -> assertThat(stackTrace(failure)).doesNotContain("not-the-password"));
    }
  }

  @Test
  void bytes_that_are_not_feasts_are_misbehaviour() throws IOException {
    Map<String, Object> odd = Map.of("user", "odd");
    Map<String, Object> text = Map.of("user", "text");
    redis.command(
        text("HSET"),
        key(TENANT, odd),
        text("_ts:people"),
        new byte[] {1, 2, 3},
        Murmur3.littleEndian("people:age"),
        new byte[] {0x0a, -1});
    redis.command(text("SET"), key(TENANT, text), text("not a hash"));
    try (RedisOnlineValues values = values(redis.url())) {
      for (Map<String, Object> key : List.of(odd, text)) {
        assertThatExceptionOfType(EngineFailure.Misbehaved.class)
            .isThrownBy(() -> age(values, TENANT, key));
      }
      assertThat(age(values, TENANT, BEN)).isEmpty();
    }
  }

  @Test
  void tls_is_spoken_with_those_whose_certificate_is_signed_for_the_address(@TempDir Path folder)
      throws Exception {
    certificate(folder, "right", "san=ip:127.0.0.1");
    certificate(folder, "wrong", "san=dns:elsewhere.example");
    for (String name : List.of("right", "wrong")) {
      Path file = folder.resolve(name);
      try (TestRedis secured =
          new TestRedis(
              "tls-cert-file " + file + ".pem",
              "tls-key-file " + file + ".key",
              "tls-ca-cert-file " + file + ".pem",
              "tls-auth-clients no")) {
        String url = secured.url().replace("redis://", "rediss://");
        try (RedisOnlineValues trusting =
                values(settings(url, TestRedis.READER, TestRedis.READER_PASSWORD, file + ".pem"));
            RedisOnlineValues strange = values(url);
            RedisOnlineValues plain = values(secured.url())) {
          if (name.equals("right")) {
            assertThat(age(trusting, TENANT, ANN)).isEmpty();
          } else {
            assertUnavailable(trusting);
          }
          assertUnavailable(strange);
          assertUnavailable(plain);
        }
      }
    }
  }

  private static void assertUnavailable(RedisOnlineValues values) {
    assertThatExceptionOfType(EngineFailure.Unavailable.class)
        .isThrownBy(() -> age(values, TENANT, ANN))
        .satisfies(failure -> assertThat(failure.engine()).isEqualTo("redis"));
  }

  private static boolean answersWithin(Duration patience, RedisOnlineValues values) {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      try {
        var _ = age(values, TENANT, ANN);
        return true;
      } catch (EngineFailure.Unavailable _) {
        Thread.onSpinWait();
      }
    }
    return false;
  }

  private static Optional<Object> age(
      RedisOnlineValues values, Tenant tenant, Map<String, Object> key) {
    return Optional.ofNullable(
        values
            .read(tenant, List.of(new Wanted("people", TestKeys.of(key), List.of("age"))))
            .getFirst()
            .orElseThrow()
            .value(0, 0));
  }

  private static RedisOnlineValues values(String url) {
    return values(settings(url, TestRedis.READER, TestRedis.READER_PASSWORD, ""));
  }

  private static RedisOnlineValues values(OnlineStoreSettings.Redis settings) {
    EngineClients clients = new EngineClients(RestClient.builder(), new SimpleMeterRegistry());
    return new RedisOnlineValues(
        new RedisHashes(
            settings, clients.guard(RedisHashes.ENGINE, settings.maxConcurrentReads())));
  }

  private static OnlineStoreSettings.Redis settings(
      String url, String user, String password, String caFile) {
    return new OnlineStoreSettings.Redis(
        URI.create(url),
        user,
        password,
        caFile,
        // The first handshake of a JVM takes its time.
        Duration.ofSeconds(url.startsWith("rediss") ? 5 : 1),
        Duration.ofSeconds(1),
        2,
        256);
  }

  private static void store(
      Tenant tenant, Map<String, Object> key, String view, String feature, long value)
      throws IOException {
    assertThat(
            redis.command(
                text("HSET"),
                key(tenant, key),
                text("_ts:" + view),
                Timestamp.newBuilder()
                    .setSeconds(AT.getEpochSecond())
                    .setNanos(AT.getNano())
                    .build()
                    .toByteArray(),
                Murmur3.littleEndian(view + ":" + feature),
                Value.newBuilder().setInt64Val(value).build().toByteArray()))
        .startsWith(":");
  }

  private static byte[] key(Tenant tenant, Map<String, Object> key) {
    return EntityKeyBytes.serialize(
        TestKeys.of(key), tenant.feastProject().getBytes(StandardCharsets.UTF_8))[0];
  }

  private static int reads() throws IOException {
    return redis.calls("hmget");
  }

  private static String stackTrace(Throwable failure) {
    var text = new java.io.StringWriter();
    failure.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  /** A certificate that signs itself, and its key, as PEM. */
  private static void certificate(Path folder, String name, String extension) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "EC",
                "-dname",
                "CN=redis",
                "-ext",
                extension,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    pem(
        folder.resolve(name + ".key"),
        "PRIVATE KEY",
        keys.getKey("redis", "changeit".toCharArray()).getEncoded());
    pem(folder.resolve(name + ".pem"), "CERTIFICATE", keys.getCertificate("redis").getEncoded());
  }

  private static void pem(Path file, String kind, byte[] bytes) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(bytes)));
  }
}
