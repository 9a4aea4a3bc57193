package ai.matih.ml.registry.model;

import java.time.Instant;

/** One revision of a model's policy; revisions are kept for ever. */
public record PolicyRevision(
    ModelId model, int revision, Policy policy, String changedBy, Instant changedAt) {}
