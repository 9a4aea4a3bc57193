package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.dataplane.BodyMemory;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Takes memory for the message of a call while it arrives, and again while it is unpacked; a call
 * does not say before how large its message is.
 */
final class Incoming extends ServerStreamTracer {

  /** The message of the call that is being made. */
  static final Context.Key<Incoming> MESSAGE = Context.key("incoming message");

  private final BodyMemory memory;
  private Runnable whenTooLarge = () -> {};
  private long received;
  private long unpacked;
  private long reserved;
  private boolean ended;

  private Incoming(BodyMemory memory) {
    this.memory = memory;
  }

  static Factory of(BodyMemory memory) {
    return new Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Incoming(memory);
      }
    };
  }

  /** What to do when there is not so much memory left; before this nothing is received. */
  synchronized void whenTooLarge(Runnable refuse) {
    whenTooLarge = refuse;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(MESSAGE, this);
  }

  @Override
  public synchronized void inboundWireSize(long bytes) {
    received += bytes;
    need(received);
  }

  @Override
  public synchronized void inboundUncompressedSize(long bytes) {
    unpacked += bytes;
    need(unpacked);
  }

  private void need(long bytes) {
    if (ended || bytes <= reserved) {
      return;
    }
    if (memory.reserve(bytes - reserved)) {
      reserved = bytes;
    } else {
      whenTooLarge.run();
    }
  }

  @Override
  public synchronized void streamClosed(Status status) {
    ended = true;
    memory.release(reserved);
    reserved = 0;
  }
}
