package ai.matih.ml.serving.sketch;

import ai.matih.ml.serving.sketch.Sketches.Slot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries counts from the sketches to the database. Each slot's counts are told as a whole, again
 * and again until the slot is over, so that a repeated or half-heard telling changes nothing. While
 * the database is away they wait, as long as slots are kept apart there.
 */
public final class StoreSketches {

  private static final Logger log = LoggerFactory.getLogger(StoreSketches.class);

  /** A slot that could not be told for so long is given up; later it may be part of an hour. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final SketchObserver observer;
  private final Sketches sketches;
  private final Duration width;
  private final Clock clock;
  private final String source;
  private final Map<Key, CountedArm> waiting = new LinkedHashMap<>();
  private final Set<Key> untold = new LinkedHashSet<>();
  private boolean away;
  private final LongAdder lost = new LongAdder();

  private record Key(Arm arm, Instant slot) {}

  /**
   * @param source names this router since its start: after a restart the slot has a second part
   */
  public StoreSketches(
      SketchObserver observer, Sketches sketches, Duration width, Clock clock, String source) {
    this.observer = observer;
    this.sketches = sketches;
    this.width = width;
    this.clock = clock;
    this.source = source;
  }

  /** One telling; nothing waits for the next one. */
  public synchronized int pass() {
    Instant now = clock.instant();
    Instant slot = Instant.ofEpochMilli(now.toEpochMilli() / width.toMillis() * width.toMillis());
    List<CountedArm> fresh = observer.takeOut();
    for (CountedArm counted : fresh) {
      Key key = new Key(counted.arm(), slot);
      waiting.merge(key, counted, StoreSketches::together);
      untold.add(key);
    }
    giveUpBefore(now.minus(PATIENCE));
    List<Slot> slots = new ArrayList<>();
    for (Key key : untold) {
      slots.add(new Slot(Objects.requireNonNull(waiting.get(key)), key.slot()));
    }
    if (slots.isEmpty()) {
      return 0;
    }
    try {
      sketches.store(source, width, slots);
    } catch (RuntimeException e) {
      if (!away) {
        log.warn("counts of predictions cannot be stored now, they wait: {}", e.toString());
      }
      away = true;
      return 0;
    }
    away = false;
    untold.clear();
    waiting.keySet().removeIf(key -> key.slot().isBefore(slot));
    return 0;
  }

  private static CountedArm together(CountedArm one, CountedArm more) {
    return new CountedArm(one.arm(), one.reference(), one.tally().plus(more.tally()));
  }

  /** A slot that is over and told is gone already, so what is found here was never told whole. */
  private void giveUpBefore(Instant end) {
    Iterator<Map.Entry<Key, CountedArm>> each = waiting.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Key, CountedArm> entry = each.next();
      if (entry.getKey().slot().plus(width).isBefore(end)) {
        lost.add(entry.getValue().tally().answered());
        untold.remove(entry.getKey());
        each.remove();
      }
    }
  }

  /** How many predictions were counted and could not be stored in time, since the start. */
  public double lost() {
    return lost.sum();
  }
}
