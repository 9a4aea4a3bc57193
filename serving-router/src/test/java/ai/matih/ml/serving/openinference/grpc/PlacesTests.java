package ai.matih.ml.serving.openinference.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.common.dataplane.BodyMemory;
import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** The places of the gRPC listener, on a real connection, ... */
class PlacesTests {

  private static final int MAX_CALLS = 3;
  private static final int MAX_CONNECTIONS = 4;
  private static final DataSize MEMORY = DataSize.ofKilobytes(100);

  private final BodyMemory memory = new BodyMemory(MEMORY);
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private Server server;
  private ManagedChannel channel;

  /** Answers with the length of what it was sent. */
  private static final class Answering extends GRPCInferenceServiceImplBase {
    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> to) {
      to.onNext(
          ModelInferResponse.newBuilder()
              .setId(Integer.toString(request.getSerializedSize()))
              .build());
      to.onCompleted();
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = server(Duration.ofMillis(300));
    channel = channelTo(server);
  }

  private Server server(Duration arrival) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .channelFactory(() -> new BoundedListener(MAX_CONNECTIONS))
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .addStreamTracerFactory(Incoming.of(memory))
        .addService(new Answering())
        .intercept(new Places(MAX_CALLS, arrival, loops))
        .build()
        .start();
  }

  private static ManagedChannel channelTo(Server server) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    var _ = loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void are_given_back_by_calls_whose_message_does_not_arrive() throws Exception {
    List<Pending> pending = new ArrayList<>();
    for (int i = 0; i < MAX_CALLS; i++) {
      // A head alone, a message without its end.
      pending.add(new Pending(i % 2 == 0 ? List.of() : List.of(message(1))));
    }
    for (Pending call : pending) {
      assertThat(call.ended()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    for (int i = 0; i < 10 * MAX_CALLS; i++) {
      assertThat(stub().modelInfer(message(1)).getId()).isNotEmpty();
    }
  }

  @Test
  void are_refused_when_all_are_taken() throws Exception {
    Server patient = server(Duration.ofMinutes(5));
    ManagedChannel to = channelTo(patient);
    try {
      List<Pending> pending = new ArrayList<>();
      for (int i = 0; i < MAX_CALLS; i++) {
        pending.add(new Pending(to, List.of()));
      }
      GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(to);
      await(() -> !isAnswered(stub));
      assertRefused(stub, message(1));

      pending.forEach(call -> call.call.cancel("enough", null));
      await(() -> isAnswered(stub));
    } finally {
      to.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      patient.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void need_memory_for_their_messages() throws Exception {
    assertRefused(stub(), message(200_000));
    assertRefused(stub().withCompression("gzip"), message(200_000));
    for (int i = 0; i < 10; i++) {
      assertThat(stub().modelInfer(message(90_000)).getId()).isNotEmpty();
      assertThat(stub().withCompression("gzip").modelInfer(message(90_000)).getId()).isNotEmpty();
    }

    Pending first = new Pending(List.of(message(60_000)));
    await(() -> !isFreeBut(50_000));
    assertRefused(stub(), message(60_000));
    assertThat(first.ended()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);

    assertThat(stub().modelInfer(message(60_000)).getId()).isNotEmpty();
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    assertThat(memory.reserve(MEMORY.toBytes())).as("all memory was given back").isTrue();
  }

  @Test
  void are_reached_by_so_many_connections_only() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < MAX_CONNECTIONS; i++) {
        sockets.add(connect());
        assertThat(greets(sockets.getLast())).isTrue();
      }
      try (Socket oneMore = connect()) {
        assertThat(greets(oneMore)).isFalse();
      }

      sockets.removeLast().close();
      await(() -> isAnswered(stub()));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Whether the server speaks HTTP/2 on it, which begins with its settings. */
  private static boolean greets(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketException reset) {
      return false;
    }
  }

  /** Whether all but so much of the memory is free. */
  private boolean isFreeBut(long reserved) {
    long rest = MEMORY.toBytes() - reserved;
    if (!memory.reserve(rest)) {
      return false;
    }
    memory.release(rest);
    return true;
  }

  private static boolean isAnswered(GRPCInferenceServiceBlockingStub stub) {
    try {
      return !stub.modelInfer(message(1)).getId().isEmpty();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      return false;
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static void assertRefused(
      GRPCInferenceServiceBlockingStub stub, ModelInferRequest message) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> stub.modelInfer(message))
        .satisfies(
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
              assertThat(java.util.Objects.requireNonNull(e.getTrailers()).toString())
                  .contains("problem-code=Common:Overloaded", "retry-after=1");
            });
  }

  private GRPCInferenceServiceBlockingStub stub() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel);
  }

  private static ModelInferRequest message(int size) {
    return ModelInferRequest.newBuilder()
        .addRawInputContents(ByteString.copyFrom(new byte[size]))
        .build();
  }

  /** A call that never says that its message is complete. */
  private final class Pending {

    private final ClientCall<ModelInferRequest, ModelInferResponse> call;
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Pending(List<ModelInferRequest> messages) {
      this(channel, messages);
    }

    Pending(ManagedChannel to, List<ModelInferRequest> messages) {
      // A client sends nothing of a unary call before its message is complete.
      call =
          to.newCall(
              GRPCInferenceServiceGrpc.getModelInferMethod().toBuilder()
                  .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                  .build(),
              CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              end.complete(status);
            }
          },
          new Metadata());
      call.request(1);
      messages.forEach(call::sendMessage);
    }

    Status.Code ended() throws Exception {
      return end.get(10, TimeUnit.SECONDS).getCode();
    }
  }
}
