package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.process.ProcessFamily;
import ai.matih.ml.local.process.ProcessIdentity;
import ai.matih.ml.local.process.RunningProcess;
import ai.matih.ml.local.process.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Stops a platform, also when its supervisor was killed. Repeatable. */
final class PlatformStop {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Set<String> FOUNDATION = Set.of("postgres", "s3");

  private final Home home;
  private final Terminal terminal = new Terminal();

  PlatformStop(Home home) {
    this.home = home;
  }

  /** Whether there was anything to stop: false when nothing has ever run here. */
  boolean stop() throws IOException, InterruptedException {
    var state = PlatformState.read(home.state());
    if (state.isPresent()) {
      stop(state.get());
    }
    return state.isPresent();
  }

  private void stop(PlatformState state) throws IOException, InterruptedException {
    Files.createDirectories(home.run());
    Files.writeString(home.stopRequest(), "");
    var supervisor = state.supervisor();
    if (supervisor != null && supervisor.identity().alive()) {
      terminal.hint("  stopping");
      supervisor.identity().find().ifPresent(ProcessHandle::destroy);
      awaitEnd(supervisor.identity());
    }
    // Whatever is still there: the supervisor was killed, or could not finish.
    var left = PlatformState.read(home.state()).orElse(state);
    stopAll(left.parts().stream().filter(part -> !FOUNDATION.contains(part.name())).toList());
    stopAll(left.parts().stream().filter(part -> FOUNDATION.contains(part.name())).toList());
    ProcessFamily.stopAllOf(home.owner());
    Json.write(home.state(), stopped(left));
  }

  private static void awaitEnd(ProcessIdentity supervisor) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (supervisor.alive() && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
    supervisor.find().ifPresent(ProcessHandle::destroyForcibly);
  }

  private void stopAll(List<Part> parts) throws InterruptedException {
    var endings = parts.stream().map(part -> Thread.ofVirtual().start(() -> stop(part))).toList();
    for (var ending : endings) {
      ending.join();
    }
  }

  private void stop(Part part) {
    var identity = part.identity();
    if (identity.isEmpty()) {
      return;
    }
    var signal = part.name().equals("postgres") ? StopSignal.INT : StopSignal.TERM;
    try {
      new ProcessFamily(identity.get(), RunningProcess.mark(home.owner(), part.name()))
          .stop(signal, Duration.ofSeconds(15));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static PlatformState stopped(PlatformState state) {
    return new PlatformState(
        state.owner(),
        state.phase() == Phase.FAILED ? Phase.FAILED : Phase.STOPPED,
        state.message(),
        null,
        java.time.Clock.systemUTC().instant(),
        state.credentials(),
        state.python(),
        state.addresses(),
        state.parts().stream().map(Part::stopped).toList());
  }
}
