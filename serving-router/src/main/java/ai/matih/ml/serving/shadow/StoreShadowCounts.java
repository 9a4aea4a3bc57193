package ai.matih.ml.serving.shadow;

import ai.matih.ml.serving.shadow.Shadows.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries this router's counts to the database. Each round stores whole counts under the name of
 * this start of the router, so that a lost answer counts nothing twice.
 */
final class StoreShadowCounts {

  private static final Logger log = LoggerFactory.getLogger(StoreShadowCounts.class);

  private final RunningShadows running;
  private final Shadows shadows;
  private final String source = UUID.randomUUID().toString();
  private boolean away;

  StoreShadowCounts(RunningShadows running, Shadows shadows) {
    this.running = running;
    this.shadows = shadows;
  }

  synchronized int pass() {
    List<ShadowCounter> counters = running.counters();
    List<ShadowCounter> taken = new ArrayList<>();
    List<Counted> counted = new ArrayList<>();
    for (ShadowCounter counter : counters) {
      Optional<Counted> changed = counter.changed();
      if (changed.isPresent()) {
        taken.add(counter);
        counted.add(changed.get());
      }
    }
    if (!counted.isEmpty()) {
      try {
        shadows.store(source, counted);
      } catch (RuntimeException e) {
        taken.forEach(ShadowCounter::notStored);
        if (!away) {
          log.warn("counts of shadows cannot be stored now, they wait: {}", e.toString());
        }
        away = true;
        return 0;
      }
    }
    away = false;
    running.forgetEnded();
    return 0;
  }
}
