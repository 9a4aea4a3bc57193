package ai.matih.ml.api.access.store;

import ai.matih.ml.api.access.KeyDirectory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Writes the last uses of keys, off the callers' way. */
@Component
class LastUses {

  private final KeyDirectory directory;

  LastUses(KeyDirectory directory) {
    this.directory = directory;
  }

  @Scheduled(fixedDelayString = "PT30S", initialDelayString = "PT30S")
  void write() {
    directory.writeLastUses();
  }
}
