package ai.matih.ml.registry.webhook.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.registry.webhook.Sender.Outcome;
import ai.matih.ml.registry.webhook.TargetRules;
import ai.matih.ml.registry.webhook.WebhookSettings;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import okhttp3.Dns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What a hostile target cannot make the sender do. The targets are real sockets. */
class SafeSenderTests {

  private static final Map<String, String> HEADERS = Map.of("webhook-id", "1");

  private final Target target = new Target();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    target.close();
  }

  private static SafeSender sender(boolean loopback, Dns names) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("registry.webhook.ports", "");
    settings.put("registry.webhook.allow-http", "true");
    if (loopback) {
      settings.put("registry.webhook.allowed-networks", "127.0.0.0/8");
    }
    TargetRules rules =
        new TargetRules(
            new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("registry.webhook", WebhookSettings.class));
    return new SafeSender(rules, Duration.ofSeconds(1), Duration.ofSeconds(2), names);
  }

  private static Dns names(InetAddress... addresses) {
    return _ -> List.of(addresses);
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @Test
  void a_message_arrives_as_it_was_signed() {
    target.answers("HTTP/1.1 204 No Content\r\n\r\n");
    Outcome outcome =
        sender(true, Dns.SYSTEM).send(target.url("/hook?a=b"), HEADERS, "{\"\u00fc\":1}");
    assertThat(outcome.status()).contains(204);
    assertThat(outcome.arrived()).isTrue();
    assertThat(target.request())
        .startsWith("POST /hook?a=b HTTP/1.1")
        .contains("webhook-id: 1", "application/cloudevents+json; charset=utf-8")
        .endsWith("{\"\u00fc\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "[::1]",
        "127.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "0"
      })
  void no_spelling_of_this_machine_is_connected_to(String host) {
    Outcome outcome =
        sender(false, Dns.SYSTEM)
            .send(URI.create("http://" + host + ":" + target.port() + "/"), HEADERS, "{}");
    assertThat(outcome.status()).isEmpty();
    assertThat(target.connections()).isZero();
  }

  @Test
  void a_name_that_leads_inside_is_not_followed() {
    for (String inside : List.of("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1")) {
      Outcome outcome =
          sender(false, names(ip(inside))).send(target.named("hooks.example.com"), HEADERS, "{}");
      assertThat(outcome.error())
          .contains("The target is an address or port that must not be called.");
    }
    assertThat(target.connections()).isZero();
  }

  /** First an address that is fine, then one inside: each connection is judged by its own. */
  @Test
  void a_name_that_changes_its_mind_gains_nothing() {
    AtomicInteger asked = new AtomicInteger();
    Deque<InetAddress> answers = new ArrayDeque<>(List.of(ip("127.0.0.1"), ip("127.0.0.2")));
    SafeSender rebound =
        sender(
            false,
            _ -> {
              asked.incrementAndGet();
              return List.of(answers.size() > 1 ? answers.pop() : answers.peek());
            });
    for (int i = 0; i < 3; i++) {
      assertThat(rebound.send(target.named("rebind.example.com"), HEADERS, "{}").status())
          .isEmpty();
    }
    assertThat(asked).hasValue(3);
    assertThat(target.connections()).isZero();
  }

  @Test
  void of_several_addresses_only_the_allowed_ones_are_tried() {
    target.answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    Outcome outcome =
        sender(true, names(ip("10.0.0.1"), ip("::1"), ip("127.0.0.1")))
            .send(target.named("many.example.com"), HEADERS, "{}");
    assertThat(outcome.arrived() || outcome.error().orElse("").contains("must not be called"))
        .isTrue();
    assertThat(target.connections()).isLessThanOrEqualTo(1);
  }

  @Test
  void a_port_that_is_not_listed_is_not_connected_to() {
    TargetRules rules =
        new TargetRules(
            new Binder(
                    new MapConfigurationPropertySource(
                        Map.of(
                            "registry.webhook.allow-http", "true",
                            "registry.webhook.allowed-networks", "127.0.0.0/8")))
                .bindOrCreate("registry.webhook", WebhookSettings.class));
    SafeSender sender =
        new SafeSender(rules, Duration.ofSeconds(1), Duration.ofSeconds(2), Dns.SYSTEM);
    assertThat(sender.send(target.url("/"), HEADERS, "{}").status()).isEmpty();
    assertThat(target.connections()).isZero();
  }

  @Test
  void a_redirect_is_an_answer_and_not_followed() {
    try (Target other = new Target()) {
      other.answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      for (int status : new int[] {301, 302, 303, 307, 308}) {
        target.answers(
            "HTTP/1.1 %d Go\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                .formatted(status, other.url("/meta")));
        Outcome outcome = sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}");
        assertThat(outcome.status()).contains(status);
        assertThat(outcome.arrived()).isFalse();
      }
      assertThat(other.connections()).isZero();
    }
  }

  @Test
  void an_endless_answer_is_cut_and_only_its_begin_kept() {
    target.floods(
        "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n",
        "400\r\n" + "x".repeat(1024) + "\r\n");
    Outcome outcome = sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}");
    assertThat(outcome.status()).contains(500);
    assertThat(outcome.excerpt().orElseThrow().length()).isLessThanOrEqualTo(1_000);
  }

  @Test
  void control_characters_of_an_answer_are_not_kept() {
    target.answers("HTTP/1.1 500 Oops\r\nContent-Length: 12\r\n\r\nbad\u0000\u001b[31m\r\nx");
    assertThat(
            sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}").excerpt().orElseThrow())
        .matches("\\P{Cntrl}*")
        .startsWith("bad");
  }

  @Test
  void silence_and_endless_headers_end_in_time() {
    Outcome silent = sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}");
    assertThat(silent.error()).contains("There was no answer in time.");
    assertThat(silent.took()).isLessThan(Duration.ofSeconds(5));

    target.floods("HTTP/1.1 200 OK\r\n", "X-Header: " + "y".repeat(1000) + "\r\n");
    Outcome endless = sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}");
    assertThat(endless.arrived()).isFalse();
    assertThat(endless.took()).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void garbage_a_refusal_and_a_plain_socket_behind_https_are_reported() {
    target.answers("this is not HTTP\r\n\r\n");
    assertThat(sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}").error().orElseThrow())
        .startsWith("The connection broke");
    assertThat(
            sender(true, Dns.SYSTEM)
                .send(URI.create("https://127.0.0.1:" + target.port() + "/"), HEADERS, "{}")
                .error()
                .orElseThrow())
        .isNotEmpty();
    target.close();
    assertThat(sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}").error())
        .contains("The host refused the connection.");
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
    Path store = folder.resolve("receiver.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "receiver",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    char[] password = "changeit".toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(KeyStore.getInstance(store.toFile(), password), password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger requests = new AtomicInteger();
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
      assertThat(sender(true, Dns.SYSTEM).send(url, HEADERS, "{}").error().orElseThrow())
          .startsWith("No secure connection");
      assertThat(requests).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_receiver_says_how_long_to_wait() {
    target.answers("HTTP/1.1 503 Later\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n");
    assertThat(sender(true, Dns.SYSTEM).send(target.url("/"), HEADERS, "{}").retryAfter())
        .contains(Duration.ofSeconds(17));
  }

  /** A socket that answers what it is told, whatever it is asked. */
  private static final class Target implements AutoCloseable {

    private final ServerSocket server;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile String answer = "";
    private volatile String flood = "";
    private volatile String request = "";

    Target() {
      try {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket caller = server.accept();
          connections.incrementAndGet();
          Thread.ofVirtual().start(() -> serve(caller));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void serve(Socket caller) {
      try (caller) {
        byte[] bytes = new byte[8192];
        StringBuilder text = new StringBuilder();
        while (!text.toString().contains("\r\n\r\n") || !text.toString().endsWith("}")) {
          int read = caller.getInputStream().read(bytes);
          if (read < 0) {
            return;
          }
          text.append(new String(bytes, 0, read, UTF_8));
        }
        request = text.toString();
        OutputStream out = caller.getOutputStream();
        out.write(answer.getBytes(UTF_8));
        out.flush();
        while (!flood.isEmpty()) {
          out.write(flood.getBytes(UTF_8));
        }
        if (answer.isEmpty()) {
          // Says nothing until the caller goes.
          caller.getInputStream().skipNBytes(Long.MAX_VALUE);
        }
      } catch (IOException e) {
        // The caller had enough.
      }
    }

    void answers(String text) {
      answer = text;
      flood = "";
    }

    void floods(String begin, String more) {
      answer = begin;
      flood = more;
    }

    int port() {
      return server.getLocalPort();
    }

    URI url(String path) {
      return named("127.0.0.1").resolve(path);
    }

    URI named(String host) {
      return URI.create("http://%s:%d/".formatted(host, port()));
    }

    String request() {
      return request;
    }

    int connections() {
      return connections.get();
    }

    @Override
    public void close() {
      flood = "";
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
