package ai.matih.ml.serving.sketch;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How counts of inputs and answers are kept.
 *
 * @param flush how often a router stores what it counted; a crash loses as much at most
 * @param slot counts are kept apart by slots of this length
 * @param settled slots that ended so long ago are added up to hours
 * @param keep how long counts are kept
 */
@ConfigurationProperties("serving.sketch")
public record SketchSettings(
    @DefaultValue("PT10S") Duration flush,
    @DefaultValue("PT5M") Duration slot,
    @DefaultValue("PT3H") Duration settled,
    @DefaultValue("P31D") Duration keep) {

  public SketchSettings {
    if (slot.isZero()
        || slot.isNegative()
        || Duration.ofHours(1).toMillis() % slot.toMillis() != 0) {
      throw new IllegalArgumentException("serving.sketch.slot must divide an hour");
    }
  }
}
