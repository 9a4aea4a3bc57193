package ai.matih.ml.serving.drift;

import java.time.Instant;
import java.util.Optional;

/**
 * The settings as they are edited.
 *
 * @param revision 0 while nobody changed the defaults
 */
public record WatchDocument(
    long revision,
    WatchSettings settings,
    Optional<String> changedBy,
    Optional<Instant> changedAt) {

  public static final WatchDocument UNCHANGED =
      new WatchDocument(0, WatchSettings.DEFAULT, Optional.empty(), Optional.empty());
}
