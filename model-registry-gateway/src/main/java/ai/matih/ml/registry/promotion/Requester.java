package ai.matih.ml.registry.promotion;

/**
 * Who asked for a move.
 *
 * @param admin whether they may act on what is not theirs
 */
public record Requester(String principal, boolean admin) {}
