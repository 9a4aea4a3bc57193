package ai.matih.ml.local.supervision;

import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.home.PlatformState.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The state of a platform, shared by all who keep its parts and written to its file on every
 * change.
 */
final class StateBoard {

  private final Path file;
  private final Clock clock;
  private PlatformState state;

  StateBoard(Path file, PlatformState first, Clock clock) {
    this.file = file;
    this.clock = clock;
    this.state = first;
    write();
  }

  synchronized PlatformState state() {
    return state;
  }

  synchronized Part part(String name) {
    return state.parts().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  synchronized void update(String name, UnaryOperator<Part> change) {
    var parts = new ArrayList<>(state.parts());
    parts.replaceAll(part -> part.name().equals(name) ? change.apply(part) : part);
    if (parts.equals(state.parts())) {
      return;
    }
    state = withParts(state, parts);
    refreshPhase();
    write();
    notifyAll();
  }

  synchronized void phase(Phase phase, @Nullable String message) {
    state =
        new PlatformState(
            state.owner(),
            phase,
            message,
            state.supervisor(),
            clock.instant(),
            state.credentials(),
            state.python(),
            state.addresses(),
            state.parts());
    write();
    notifyAll();
  }

  /** Waits until all of the named parts are ready. */
  synchronized void awaitReady(Iterable<String> names) throws InterruptedException {
    for (var name : names) {
      while (part(name).phase() != PartPhase.READY) {
        wait();
      }
    }
  }

  /** Once all have been ready, the platform is ready or degraded according to its parts. */
  private void refreshPhase() {
    var allReady = state.parts().stream().allMatch(part -> part.phase() == PartPhase.READY);
    if (allReady && (state.phase() == Phase.STARTING || state.phase() == Phase.DEGRADED)) {
      phase(Phase.READY, null);
    } else if (!allReady && state.phase() == Phase.READY) {
      phase(Phase.DEGRADED, null);
    }
  }

  private static PlatformState withParts(PlatformState state, List<Part> parts) {
    return new PlatformState(
        state.owner(),
        state.phase(),
        state.message(),
        state.supervisor(),
        state.since(),
        state.credentials(),
        state.python(),
        state.addresses(),
        parts);
  }

  private void write() {
    try {
      Json.write(file, state);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the state to " + file, e);
    }
  }
}
