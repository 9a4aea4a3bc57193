package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import ai.matih.ml.common.security.Permission;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listener, and what its connections share. */
public final class DataPlane implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DataPlane.class);
  private static final int BACKLOG = 1024;
  private static final int CHUNK = 64 * 1024;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Date(long second, byte[] text) {}

  private final DataPlaneSettings settings;
  private final int maxBody;
  private final Paths paths;
  private final Map<Endpoint, RequestTimes> times = new HashMap<>();
  private final RequestTimes otherTimes;
  private final BodyMemory memory;
  private final Callers callers;
  private final ProblemWriter problems;
  private final BiConsumer<String, String> refusals;
  private final BooleanSupplier going;
  private final Clock clock;
  private final Workers workers;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final FastThreadLocal<byte[]> scratch;
  private final FastThreadLocal<Output> outputs =
      new FastThreadLocal<>() {
        @Override
        protected Output initialValue() {
          return new Output();
        }
      };

  private volatile Date date = new Date(0, new byte[0]);
  private volatile @Nullable Runnable whenEmpty;
  private @Nullable EventLoopGroup loops;
  private @Nullable Channel listener;

  /**
   * @param maxBody largest body
   * @param memory of larger bodies while they are received
   * @param refusals is told what was asked without the right to it, and the permission
   * @param going whether each answer has to be the last one on its connection
   */
  DataPlane(
      DataPlaneSettings settings,
      int maxBody,
      BodyMemory memory,
      List<Endpoint> endpoints,
      Callers callers,
      ProblemWriter problems,
      BiConsumer<String, String> refusals,
      BooleanSupplier going,
      MeterRegistry meters,
      Clock clock) {
    this.settings = settings;
    this.maxBody = maxBody;
    this.memory = memory;
    this.callers = callers;
    this.problems = problems;
    this.refusals = refusals;
    this.going = going;
    this.clock = clock;
    this.workers = new Workers(settings.maxWaiting());
    this.paths = new Paths(endpoints);
    for (Endpoint endpoint : endpoints) {
      this.times.put(
          endpoint, new RequestTimes(meters, endpoint.method(), endpoint.paths().getFirst()));
    }
    this.otherTimes = new RequestTimes(meters, "UNKNOWN", "UNKNOWN");
    int small = smallBody();
    this.scratch =
        new FastThreadLocal<>() {
          @Override
          protected byte[] initialValue() {
            return new byte[small];
          }
        };
  }

  /**
   * Listens from now on.
   *
   * @param address of this machine to listen on; empty for all
   */
  void start(String address) {
    boolean epoll = Epoll.isAvailable();
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            settings.loops(),
            new DefaultThreadFactory("data-plane", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    loops = group;
    ServerBootstrap server =
        new ServerBootstrap()
            .group(group)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    connect(channel);
                  }
                });
    listener =
        server
            .bind(
                address.isEmpty()
                    ? new InetSocketAddress(settings.port())
                    : new InetSocketAddress(address, settings.port()))
            .syncUninterruptibly()
            .channel();
    var _ = group.next().scheduleAtFixedRate(this::expire, 1, 1, TimeUnit.SECONDS);
    log.info("data plane at port {} ({})", port(), epoll ? "epoll" : "nio");
  }

  private void connect(SocketChannel channel) {
    if (connections.size() >= settings.maxConnections()) {
      var _ = channel.close();
      return;
    }
    Connection connection = new Connection(this);
    connections.add(connection);
    channel.pipeline().addLast(new Decoder(settings), connection);
  }

  /** Two lengths in one request are read differently by different servers: it is none. */
  private static final class Decoder extends HttpRequestDecoder {

    Decoder(DataPlaneSettings settings) {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength((int) settings.maxHeader().toBytes())
              .setMaxHeaderSize((int) settings.maxHeader().toBytes())
              .setMaxChunkSize(CHUNK));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
      throw new IllegalArgumentException("a length and chunks in one request");
    }
  }

  private void expire() {
    long now = System.nanoTime();
    for (Connection connection : connections) {
      if (connection.isOverdue(now)) {
        connection.later(() -> connection.expire(now));
      }
    }
  }

  /** Where it listens. */
  public int port() {
    if (listener == null) {
      throw new IllegalStateException("the data plane has not started");
    }
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /**
   * Takes no more connections, ends those that rest, and lets the others finish.
   *
   * @param done told once, when the last one is closed
   */
  void stop(Runnable done) {
    whenEmpty = done;
    if (listener != null) {
      listener.close().syncUninterruptibly();
    }
    for (Connection connection : connections) {
      connection.later(connection::stop);
    }
    tellWhenEmpty();
  }

  void forget(Connection connection) {
    connections.remove(connection);
    tellWhenEmpty();
  }

  private void tellWhenEmpty() {
    Runnable done = whenEmpty;
    if (done != null && connections.isEmpty()) {
      whenEmpty = null;
      done.run();
    }
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close().syncUninterruptibly();
    }
    workers.close();
    if (loops != null) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  DataPlaneSettings settings() {
    return settings;
  }

  Callers callers() {
    return callers;
  }

  ProblemWriter problems() {
    return problems;
  }

  Workers workers() {
    return workers;
  }

  @Nullable Endpoint endpoint(String path) {
    return paths.find(path);
  }

  /**
   * Lets in who asks by another listener, as here. May wait.
   *
   * @param head of the request: what is asked, and by whom
   * @param address of the machine at the other end
   * @param permissions any one of which is needed; a refusal names the first
   * @throws Problem when the caller is not let in
   */
  public Visit admit(HttpRequest head, String address, List<Permission> permissions) {
    Exchange exchange = new Exchange(head, System.nanoTime());
    Visit visit = new Visit(exchange);
    return visit.answer(
        _ -> {
          String authorization = exchange.authorization();
          if (authorization == null || !Callers.isCredential(authorization)) {
            throw Callers.unknown();
          }
          KnownCaller known = callers.known(authorization);
          KnownCaller caller =
              known != null ? known : workers.runHere(() -> callers.check(authorization, address));
          exchange.admit(caller);
          if (permissions.stream().noneMatch(caller.permissions()::contains)) {
            exchange.run(
                () -> {
                  throw forbidden(exchange, permissions.getFirst());
                });
          }
          callers.count(caller);
          return visit;
        });
  }

  /** Records the refusal first, as on every other route. */
  Problem forbidden(Exchange exchange, Permission needed) {
    refusals.accept(exchange.method() + " " + exchange.path(), needed.toString());
    return new Problem(CommonError.FORBIDDEN, "This needs the permission " + needed + ".")
        .with("permission", needed.toString());
  }

  boolean isGoing() {
    return going.getAsBoolean();
  }

  int connections() {
    return connections.size();
  }

  int maxBody() {
    return maxBody;
  }

  int smallBody() {
    return (int) settings.smallBody().toBytes();
  }

  /** This thread's array for small bodies. */
  byte[] scratch() {
    return scratch.get();
  }

  /** This thread's output, empty. */
  Output output() {
    Output output = outputs.get();
    output.reset();
    return output;
  }

  BodyMemory memory() {
    return memory;
  }

  /** This second, as answers say it. */
  byte[] date() {
    long second = clock.millis() / 1000;
    Date known = date;
    if (known.second() == second) {
      return known.text();
    }
    byte[] text =
        DateTimeFormatter.RFC_1123_DATE_TIME
            .format(java.time.Instant.ofEpochSecond(second).atZone(ZoneOffset.UTC))
            .getBytes(StandardCharsets.US_ASCII);
    date = new Date(second, text);
    return text;
  }

  void answered(@Nullable Endpoint endpoint, int status, long nanos) {
    RequestTimes known = endpoint == null ? null : times.get(endpoint);
    (known == null ? otherTimes : known).record(status, nanos);
  }
}
