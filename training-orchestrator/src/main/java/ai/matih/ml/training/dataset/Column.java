package ai.matih.ml.training.dataset;

/**
 * One column of a table.
 *
 * @param type {@code long}, {@code double}, {@code string}, {@code boolean}, {@code timestamp},
 *     {@code date} or {@code other}
 * @param missing rows without a value
 */
public record Column(String name, String type, long missing) {}
