package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineGuard;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields of many Redis hashes in one pipeline.
 *
 * <p>Connections are made on first use and again after any failure of theirs, by the next read.
 * Lettuce's own reconnecting is off: it keeps a connection whose other end silently vanished until
 * the system gives it up, a quarter of an hour later.
 */
final class RedisHashes implements AutoCloseable {

  static final String ENGINE = "redis";

  private final ClientResources resources;
  private final RedisClient client;
  private final OnlineStoreSettings.Redis settings;
  private final EngineGuard guard;
  private final List<Line> lines;
  private final AtomicInteger next = new AtomicInteger();

  RedisHashes(OnlineStoreSettings.Redis settings, EngineGuard guard) {
    this.settings = settings;
    this.guard = guard;
    this.resources =
        DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
    this.client = RedisClient.create(resources, address(settings));
    client.setOptions(options(settings));
    this.lines = IntStream.range(0, settings.connections()).mapToObj(_ -> new Line()).toList();
  }

  /** Fields of one hash. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Fields(byte[] key, List<byte[]> names) {}

  /**
   * Reads. A repeat is harmless.
   *
   * @return for each hash, in order, its values in the order of the names; null for a field, or
   *     hash, that is not there
   * @throws EngineFailure.Unavailable when Redis is away or does not answer in time
   */
  List<List<byte @Nullable []>> read(List<Fields> hashes) {
    return guard.call(
        () -> lines.get(Math.floorMod(next.getAndIncrement(), lines.size())).read(hashes));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    var _ = resources.shutdown(0, 2, TimeUnit.SECONDS);
  }

  /** One connection, which comes and goes. */
  private final class Line {
    private final ReentrantLock connecting = new ReentrantLock();
    private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> current =
        new AtomicReference<>();

    List<List<byte @Nullable []>> read(List<Fields> hashes) {
      try {
        StatefulRedisConnection<byte[], byte[]> connection = connection();
        try {
          return ask(connection, hashes);
        } catch (TimeoutException e) {
          drop(connection);
          throw new EngineFailure.Unavailable(ENGINE, e);
        }
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause());
      } catch (RedisException | CancellationException e) {
        throw failure(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EngineFailure.Unavailable(ENGINE, e);
      }
    }

    private List<List<byte @Nullable []>> ask(
        StatefulRedisConnection<byte[], byte[]> connection, List<Fields> hashes)
        throws ExecutionException, TimeoutException, InterruptedException {
      long end = System.nanoTime() + settings.timeout().toNanos();
      List<AsyncCommand<byte[], byte[], List<byte[]>>> commands = new ArrayList<>(hashes.size());
      for (Fields hash : hashes) {
        CommandArgs<byte[], byte[]> arguments =
            new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(hash.key()).addKeys(hash.names());
        commands.add(
            new AsyncCommand<>(
                new Command<>(
                    CommandType.HMGET, new ValueListOutput<>(ByteArrayCodec.INSTANCE), arguments)));
      }
      connection.dispatch(commands);
      List<List<byte @Nullable []>> answers = new ArrayList<>(commands.size());
      for (int i = 0; i < commands.size(); i++) {
        List<byte[]> values =
            commands.get(i).get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (values.size() != hashes.get(i).names().size()) {
          throw new EngineFailure.Misbehaved(ENGINE, 0, "answered a wrong number of fields");
        }
        answers.add(new ArrayList<>(values));
      }
      return answers;
    }

    private StatefulRedisConnection<byte[], byte[]> connection() throws InterruptedException {
      StatefulRedisConnection<byte[], byte[]> open = current.get();
      if (open != null && open.isOpen()) {
        return open;
      }
      // One connects; the others wait for it as long as that may take.
      if (!connecting.tryLock(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new EngineFailure.Unavailable(
            ENGINE, "no connection in time", Optional.of(Duration.ofSeconds(1)));
      }
      try {
        open = current.get();
        if (open == null || !open.isOpen()) {
          if (open != null) {
            drop(open);
          }
          open = client.connect(ByteArrayCodec.INSTANCE);
          current.set(open);
        }
        return open;
      } finally {
        connecting.unlock();
      }
    }

    private void drop(StatefulRedisConnection<byte[], byte[]> broken) {
      current.compareAndSet(broken, null);
      var _ = broken.closeAsync();
    }
  }

  /** What Redis says while it cannot serve yet or any more; the rest is about us. */
  private static EngineFailure failure(Throwable cause) {
    boolean refused =
        cause instanceof RedisCommandExecutionException
            && !(cause instanceof RedisLoadingException)
            && !(cause instanceof RedisBusyException)
            && !String.valueOf(cause.getMessage())
                .matches("(?s)(MASTERDOWN|CLUSTERDOWN|TRYAGAIN|UNBLOCKED) .*");
    if (refused && !(cause instanceof RedisCommandTimeoutException)) {
      return new EngineFailure.Misbehaved(ENGINE, 0, String.valueOf(cause.getMessage()));
    }
    return new EngineFailure.Unavailable(ENGINE, cause);
  }

  private static RedisURI address(OnlineStoreSettings.Redis settings) {
    RedisURI.Builder address =
        RedisURI.builder()
            .withHost(settings.url().getHost())
            .withPort(settings.port())
            .withDatabase(settings.database())
            .withClientName("feature-gateway")
            .withTimeout(settings.connectTimeout())
            .withSsl(settings.tls());
    if (settings.tls()) {
      address.withVerifyPeer(SslVerifyMode.FULL);
    }
    if (!settings.user().isEmpty()) {
      address.withAuthentication(settings.user(), settings.password().toCharArray());
    } else if (!settings.password().isEmpty()) {
      address.withPassword(settings.password().toCharArray());
    }
    return address.build();
  }

  private static ClientOptions options(OnlineStoreSettings.Redis settings) {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            // What every Redis and Valkey speaks, and a user with few rights may use.
            .protocolVersion(ProtocolVersion.RESP2)
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(settings.connectTimeout())
                    .keepAlive(true)
                    .tcpNoDelay(true)
                    .build());
    if (!settings.caFile().isEmpty()) {
      options.sslOptions(
          SslOptions.builder().jdkSslProvider().trustManager(new File(settings.caFile())).build());
    }
    return options.build();
  }
}
