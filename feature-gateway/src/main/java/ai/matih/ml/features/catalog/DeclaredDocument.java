package ai.matih.ml.features.catalog;

import java.time.Instant;

/**
 * A stored declaration.
 *
 * @param revision grows by one with each change
 * @param appliedRevision the newest one that Feast has, 0 for none
 */
public record DeclaredDocument(
    String name,
    Declaration content,
    long revision,
    long appliedRevision,
    Condition applied,
    String updatedBy,
    Instant updatedAt) {}
