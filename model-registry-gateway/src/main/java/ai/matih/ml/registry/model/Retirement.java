package ai.matih.ml.registry.model;

import java.time.Instant;
import java.util.UUID;

/**
 * Why and when a model was retired.
 *
 * @param by who asked for it
 * @param transition that did it, with who approved
 */
public record Retirement(Instant at, String by, String reason, UUID transition) {}
