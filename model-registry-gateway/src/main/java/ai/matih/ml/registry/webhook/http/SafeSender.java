package ai.matih.ml.registry.webhook.http;

import ai.matih.ml.registry.webhook.CloudEvent;
import ai.matih.ml.registry.webhook.Sender;
import ai.matih.ml.registry.webhook.TargetRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Posts to addresses that users gave, and to none inside.
 *
 * <p>The judgement falls where the socket connects, on the very address that it connects to. So it
 * does not matter how the address came about: by a name that leads inside, by one that leads
 * elsewhere the second time it is asked for, or by an unusual way to write a number. No redirect is
 * followed, no proxy asked, no connection kept.
 */
final class SafeSender implements Sender {

  private static final int EXCERPT_BYTES = 1_000;
  private static final MediaType JSON = MediaType.get(CloudEvent.MEDIA_TYPE);

  private final OkHttpClient client;

  SafeSender(TargetRules rules, Duration connectTimeout, Duration timeout, Dns names) {
    this.client =
        new OkHttpClient.Builder()
            .dns(names)
            .socketFactory(new JudgedSockets(rules))
            .proxy(Proxy.NO_PROXY)
            .protocols(List.of(Protocol.HTTP_1_1))
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.MILLISECONDS))
            .connectTimeout(connectTimeout)
            .callTimeout(timeout)
            .build();
  }

  @Override
  public Outcome send(URI target, Map<String, String> headers, String body) {
    long start = System.nanoTime();
    try {
      Request.Builder request =
          new Request.Builder()
              .url(target.toString())
              .header("User-Agent", "matih-ml-webhooks/1")
              .post(RequestBody.create(body.getBytes(StandardCharsets.UTF_8), JSON));
      headers.forEach(request::header);
      try (Response answer = client.newCall(request.build()).execute()) {
        return new Outcome(
            Optional.of(answer.code()),
            excerpt(answer),
            Optional.empty(),
            retryAfter(answer.header("Retry-After")),
            since(start));
      }
    } catch (NotAllowed e) {
      return Outcome.notSent(String.valueOf(e.getMessage()), since(start));
    } catch (IOException | IllegalArgumentException e) {
      return Outcome.notSent(describe(e), since(start));
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** The kind of failure; its text may tell of what lies inside. */
  private static String describe(Exception e) {
    return e.getCause() instanceof NotAllowed not
        ? String.valueOf(not.getMessage())
        : switch (e) {
          case java.net.UnknownHostException _ -> "The host's name leads nowhere.";
          case java.net.ConnectException _ -> "The host refused the connection.";
          case javax.net.ssl.SSLException _ -> "No secure connection: " + shortened(e);
          case java.io.InterruptedIOException _ -> "There was no answer in time.";
          default -> "The connection broke: " + shortened(e);
        };
  }

  private static String shortened(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.substring(0, Math.min(message.length(), 200));
  }

  private static Optional<String> excerpt(Response answer) throws IOException {
    Buffer begin = new Buffer();
    while (begin.size() < EXCERPT_BYTES
        && answer.body().source().read(begin, EXCERPT_BYTES - begin.size()) >= 0) {
      // Reads on until there is enough or no more.
    }
    String text = begin.readString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ").strip();
    return Optional.of(text).filter(some -> !some.isEmpty());
  }

  private static Optional<Duration> retryAfter(@Nullable String header) {
    return Optional.ofNullable(header)
        .filter(text -> text.matches("\\d{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static final class NotAllowed extends IOException {
    NotAllowed() {
      super("The target is an address or port that must not be called.");
    }
  }

  /** Sockets that connect only where the rules allow. */
  private static final class JudgedSockets extends SocketFactory {

    private final TargetRules rules;

    JudgedSockets(TargetRules rules) {
      this.rules = rules;
    }

    @Override
    public Socket createSocket() {
      return new Socket(Proxy.NO_PROXY) {
        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
          if (!(endpoint instanceof InetSocketAddress address)
              || address.getAddress() == null
              || !rules.allows(address.getAddress())
              || !rules.allows(address.getPort())) {
            throw new NotAllowed();
          }
          super.connect(endpoint, timeout);
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
          connect(endpoint, 0);
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw new NotAllowed();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      throw new NotAllowed();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw new NotAllowed();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      throw new NotAllowed();
    }
  }
}
