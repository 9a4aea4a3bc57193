package ai.matih.ml.serving.traffic;

import java.util.Optional;

/** What the next revision of a document says, and why. */
public record TrafficChange(
    Split split, TrafficDocument.Cause cause, Optional<String> reason, String changedBy) {}
