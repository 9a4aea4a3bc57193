package ai.matih.ml.serving.openinference.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener with so many connections at once; more are closed, as at the data plane. */
final class BoundedListener extends NioServerSocketChannel {

  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();

  BoundedListener(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int count = super.doReadMessages(accepted);
    if (count <= 0) {
      return count;
    }
    Channel connection = (Channel) accepted.getLast();
    if (connections.incrementAndGet() > maxConnections) {
      connections.decrementAndGet();
      accepted.removeLast();
      connection.unsafe().closeForcibly();
      return 0;
    }
    var _ = connection.closeFuture().addListener(_ -> connections.decrementAndGet());
    return count;
  }
}
