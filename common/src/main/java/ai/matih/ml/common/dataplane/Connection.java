package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemAdvice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: a request at a time, in order. What arrives while a request is answered elsewhere
 * waits here, and after a while in the caller's own memory. Everything runs on the thread that
 * reads, except what {@link Workers} do.
 */
final class Connection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private static final ByteBuf CONTINUE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII)
              .asReadOnly());

  /** Parts of later requests that are kept; then nothing more is read. */
  private static final int MOST_LATER = 64;

  /** How much of a refused body is read for the sake of the connection. */
  private static final long MOST_SWALLOWED = 2 << 20;

  /** A connection that ends is read on for a while, so that the caller finds its last answer. */
  private static final long LINGERING = Duration.ofSeconds(5).toNanos();

  /** How long a connection that rests outlives the listener. */
  private static final Duration REST = Duration.ofMillis(250);

  private static final long NEVER = Long.MAX_VALUE;
  private static final byte[] NOTHING = {};

  private enum State {
    /** For the head of a request. */
    WAITING,
    /** For a worker's word on who the caller is. */
    ADMITTING,
    /** The body arrives. */
    RECEIVING,
    /** A worker answers. */
    ANSWERING,
    /** The answer is out; the rest of the request is thrown away. */
    SWALLOWING,
    /** Nothing that arrives matters. */
    ENDED
  }

  private final DataPlane plane;
  private final ArrayDeque<HttpObject> later = new ArrayDeque<>(4);
  private State state = State.WAITING;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Exchange exchange;
  private byte[] body = NOTHING;
  private int received;
  private long reserved;
  private long swallowed;

  /** Whether all of the request has arrived. */
  private boolean whole;

  private boolean closing;
  private boolean stopping;
  private volatile long deadlineNanos;

  Connection(DataPlane plane) {
    this.plane = plane;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    deadlineNanos = System.nanoTime() + plane.settings().requestTimeout().toNanos();
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    state = State.ENDED;
    later.forEach(ReferenceCountUtil::release);
    later.clear();
    forgetBody();
    plane.forget(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext read, Object message) {
    if (isBusy() || !later.isEmpty()) {
      later.add((HttpObject) message);
      if (later.size() > MOST_LATER) {
        read.channel().config().setAutoRead(false);
      }
    } else {
      handle((HttpObject) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext complete) {
    complete.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    goOn();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.warn("a connection failed", cause);
    }
    var _ = failed.close();
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  /** Whether the next part has to wait; also for a caller that does not read its answers. */
  private boolean isBusy() {
    return state == State.ADMITTING
        || state == State.ANSWERING
        || !context().channel().isWritable();
  }

  /** Handles what has waited. */
  private void goOn() {
    while (!later.isEmpty() && !isBusy()) {
      handle(later.poll());
    }
    if (later.isEmpty() && !context().channel().config().isAutoRead()) {
      context().channel().config().setAutoRead(true);
    }
    context().flush();
  }

  private void handle(HttpObject message) {
    try {
      if (state == State.ENDED) {
        return;
      }
      if (message.decoderResult().isFailure()) {
        unreadable();
      } else if (message instanceof HttpRequest head) {
        begin(head);
      } else if (message instanceof HttpContent content) {
        receive(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Not HTTP, or too long: where the next request would begin is not known. */
  private void unreadable() {
    closing = true;
    whole = true;
    if (state == State.SWALLOWING) {
      end();
      return;
    }
    if (exchange == null) {
      exchange = Exchange.unreadable(System.nanoTime());
    }
    refuse(new Problem(CommonError.MALFORMED_REQUEST, "The request cannot be read."));
  }

  private void begin(HttpRequest head) {
    long now = System.nanoTime();
    deadlineNanos = now + plane.settings().requestTimeout().toNanos();
    Exchange begun = new Exchange(head, now);
    exchange = begun;
    state = State.RECEIVING;
    Optional<Problem> fault = begun.fault();
    if (fault.isPresent()) {
      closing = true;
      refuse(fault.get());
      return;
    }
    String authorization = begun.authorization();
    if (authorization == null || !Callers.isCredential(authorization)) {
      refuse(Callers.unknown());
      return;
    }
    KnownCaller known = plane.callers().known(authorization);
    if (known != null) {
      admit(begun, known);
      return;
    }
    elsewhere(
        State.ADMITTING,
        begun,
        () -> {
          KnownCaller checked = plane.callers().check(authorization, address());
          return () -> {
            state = State.RECEIVING;
            admit(begun, checked);
          };
        });
  }

  private void admit(Exchange admitted, KnownCaller known) {
    admitted.admit(known);
    Endpoint endpoint = plane.endpoint(admitted.path());
    if (endpoint == null) {
      refuse(new Problem(CommonError.NOT_FOUND, "No such path."));
      return;
    }
    admitted.leadTo(endpoint);
    if (!admitted.method().name().equals(endpoint.method())) {
      refuse(new Problem(CommonError.METHOD_NOT_ALLOWED, "The path does not offer this method."));
    } else if (!endpoint.reads(admitted.contentType())) {
      refuse(
          new Problem(CommonError.UNSUPPORTED_MEDIA_TYPE, "The content type is not offered here."));
    } else if (endpoint.permissions().stream().noneMatch(known.permissions()::contains)) {
      forbid(admitted, endpoint);
    } else if (isOneTooMany(known)) {
      return;
    } else if (admitted.declaredLength() > plane.maxBody()) {
      refuse(tooLarge());
    } else if (admitted.expectsContinue()) {
      var _ = context().writeAndFlush(CONTINUE.duplicate());
    }
  }

  private boolean isOneTooMany(KnownCaller caller) {
    try {
      plane.callers().count(caller);
      return false;
    } catch (Problem tooMany) {
      refuse(tooMany);
      return true;
    }
  }

  /** Of the machine at the other end. */
  private String address() {
    return context().channel().remoteAddress() instanceof InetSocketAddress remote
        ? remote.getHostString()
        : "";
  }

  /** Elsewhere, because the refusal is recorded. */
  private void forbid(Exchange forbidden, Endpoint endpoint) {
    elsewhere(
        State.ADMITTING,
        forbidden,
        () -> {
          throw plane.forbidden(forbidden, endpoint.permissions().getFirst());
        });
  }

  private Problem tooLarge() {
    return new Problem(
            CommonError.TOO_LARGE, "JSON bodies may have up to " + plane.maxBody() + " bytes.")
        .with("max_bytes", plane.maxBody());
  }

  private void receive(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    whole |= last;
    if (state == State.RECEIVING) {
      Exchange receiving = Objects.requireNonNull(exchange);
      int size = content.content().readableBytes();
      if (last && received == 0 && size <= plane.smallBody()) {
        // The usual case: one piece, read from the array that this thread has for all.
        byte[] once = plane.scratch();
        content.content().getBytes(content.content().readerIndex(), once, 0, size);
        answerHere(receiving, once, size);
      } else if (keep(content.content()) && last) {
        answerKept(receiving);
      }
    } else if (state == State.SWALLOWING) {
      swallowed += content.content().readableBytes();
      if (last) {
        next();
      } else if (swallowed > MOST_SWALLOWED) {
        end();
      }
    }
  }

  /** Adds to the body; false when it was refused instead. */
  private boolean keep(ByteBuf bytes) {
    int more = bytes.readableBytes();
    if ((long) received + more > plane.maxBody()) {
      refuse(tooLarge());
      return false;
    }
    if (received + more > body.length && !grow(received + more)) {
      refuse(Problem.overloaded());
      return false;
    }
    bytes.getBytes(bytes.readerIndex(), body, received, more);
    received += more;
    return true;
  }

  /** What is not small takes a part of the memory that all such bodies share. */
  private boolean grow(int needed) {
    int size = (int) Math.min(plane.maxBody(), Math.max(needed, 2L * body.length));
    if (size > plane.smallBody()) {
      if (!plane.memory().reserve(size - reserved)) {
        return false;
      }
      reserved = size;
    }
    body = Arrays.copyOf(body, size);
    return true;
  }

  private void forgetBody() {
    received = 0;
    body = NOTHING;
    if (reserved > 0) {
      plane.memory().release(reserved);
      reserved = 0;
    }
  }

  private void answerKept(Exchange complete) {
    byte[] kept = body;
    int length = received;
    if (length <= plane.smallBody()) {
      answerHere(complete, kept, length);
      return;
    }
    Endpoint endpoint = Objects.requireNonNull(complete.endpoint());
    elsewhere(
        State.ANSWERING,
        complete,
        () -> {
          Output out = new Output();
          endpoint.read(complete, kept, length).answer(out);
          return () -> finish(Answer.of(out));
        });
  }

  private void answerHere(Exchange complete, byte[] bytes, int length) {
    Endpoint endpoint = Objects.requireNonNull(complete.endpoint());
    try {
      Endpoint.Work work = endpoint.read(complete, bytes, length);
      Output out = plane.output();
      if (work.answerAtOnce(out)) {
        finish(Answer.of(out));
      } else {
        elsewhere(
            State.ANSWERING,
            complete,
            () -> {
              Output own = new Output();
              work.answer(own);
              return () -> finish(Answer.of(own));
            });
      }
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  /** Work on another thread; what it returns is done here. */
  @FunctionalInterface
  private interface Elsewhere {
    Runnable work();
  }

  private void elsewhere(State meanwhile, Exchange whose, Elsewhere elsewhere) {
    state = meanwhile;
    deadlineNanos = NEVER;
    Runnable[] then = {() -> refuse(new IllegalStateException("the work broke off"))};
    boolean taken =
        plane
            .workers()
            .tryRun(
                () -> {
                  try {
                    whose.run(() -> then[0] = elsewhere.work());
                  } catch (RuntimeException e) {
                    then[0] = () -> refuse(e);
                  }
                },
                () -> context().executor().execute(() -> comeBack(meanwhile, then[0])));
    if (!taken) {
      refuse(Problem.overloaded());
    }
  }

  private void comeBack(State meanwhile, Runnable then) {
    if (state != meanwhile) {
      return;
    }
    deadlineNanos = System.nanoTime() + plane.settings().requestTimeout().toNanos();
    then.run();
    goOn();
  }

  private void refuse(Exception failure) {
    Exchange refused = Objects.requireNonNull(exchange);
    UUID errorId = UUID.randomUUID();
    Problem[] problem = new Problem[1];
    if (failure instanceof Problem known && !known.error().status().is5xxServerError()) {
      problem[0] = known;
    } else {
      refused.run(
          () ->
              problem[0] =
                  ProblemAdvice.problemOf(
                      failure, refused.method().name(), refused.path(), errorId));
    }
    finish(
        Answer.of(
            problem[0],
            plane.problems().document(problem[0], instance(refused), errorId),
            refused.endpoint()));
  }

  /** The path, if a problem can name it. */
  private static String instance(Exchange refused) {
    try {
      return URI.create(refused.path()).getRawPath() == null ? "" : refused.path();
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Sends the answer; what the caller still sends of the request is thrown away. */
  private void finish(Answer answer) {
    Exchange answered = Objects.requireNonNull(exchange);
    closing |= stopping || !answered.keepsAlive() || plane.isGoing();
    if (!whole) {
      closing |= answered.expectsContinue() || answered.declaredLength() > MOST_SWALLOWED;
    }
    var _ =
        context()
            .write(
                answer.encode(
                    context().alloc(),
                    answered.requestId(),
                    plane.date(),
                    closing,
                    answered.isOldVersion(),
                    answered.isHead()));
    plane.answered(
        answered.endpoint(), answer.status(), System.nanoTime() - answered.startedNanos());
    forgetBody();
    if (whole) {
      next();
    } else {
      state = State.SWALLOWING;
      swallowed = 0;
      if (closing) {
        linger();
      }
    }
  }

  private void next() {
    if (closing) {
      end();
      return;
    }
    state = State.WAITING;
    exchange = null;
    whole = false;
    deadlineNanos = System.nanoTime() + plane.settings().idleTimeout().toNanos();
  }

  /**
   * Says that nothing more comes, and reads on for a while: closing at once would take the answer
   * from a caller that is still sending.
   */
  private void linger() {
    deadlineNanos = System.nanoTime() + LINGERING;
    ChannelHandlerContext ending = context();
    ending
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            _ -> {
              if (ending.channel() instanceof SocketChannel socket) {
                var _ = socket.shutdownOutput();
              }
            });
  }

  private void end() {
    state = State.ENDED;
    context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /**
   * The service ends: a connection is closed after its answer. One that rests is left for a moment,
   * since a request may be on its way that would be lost.
   */
  void stop() {
    stopping = true;
    var _ = context().executor().schedule(this::endRest, REST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void endRest() {
    if (state == State.WAITING && later.isEmpty()) {
      end();
    }
  }

  boolean isOverdue(long nowNanos) {
    long deadline = deadlineNanos;
    return deadline != NEVER && nowNanos - deadline > 0;
  }

  /** Time is up for whatever it waits for. */
  void expire(long nowNanos) {
    if (!isOverdue(nowNanos)) {
      return;
    }
    if (state == State.RECEIVING && context().channel().isWritable()) {
      closing = true;
      refuse(new Problem(CommonError.MALFORMED_REQUEST, "The request did not arrive in time."));
    } else {
      var _ = context().close();
    }
  }

  /** Runs on the thread that reads. */
  void later(Runnable work) {
    context().executor().execute(work);
  }
}
