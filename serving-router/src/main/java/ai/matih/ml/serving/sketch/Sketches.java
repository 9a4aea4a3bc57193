package ai.matih.ml.serving.sketch;

import ai.matih.ml.serving.ModelId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The stored counts of all routers. */
public interface Sketches {

  /**
   * What one router counted in one slot so far.
   *
   * @param slot when the slot began
   */
  record Slot(CountedArm counted, Instant slot) {}

  /**
   * What was counted in a window.
   *
   * @param from when the earliest slot begins that overlaps the window
   * @param arms one per version, files and variant
   */
  record Window(Instant from, List<CountedArm> arms) {}

  /**
   * Replaces what this router said of these slots before, over all tenants, in a transaction of its
   * own. Repeatable: the counts of a slot are told as a whole.
   *
   * @param source names the router since its start
   * @param width of a slot
   */
  void store(String source, Duration width, List<Slot> slots);

  /**
   * What was counted since, on each arm, all routers and slots together; of the tenant in scope.
   */
  Window since(ModelId model, Instant from, Optional<Long> version, Optional<String> variant);

  /**
   * Adds slots that ended before {@code settled} up to hours, and lets go of what is older than
   * {@code kept}, over all tenants; alone among the replicas.
   *
   * @return how many rows were added up or let go; there may be more when it is {@code limit}
   */
  int tidy(Instant settled, Instant kept, int limit);
}
