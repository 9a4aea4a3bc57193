/**
 * Reads uploaded files with DuckDB. Each reading is locked to its own two files and to a memory
 * limit.
 */
@NullMarked
package ai.matih.ml.training.dataset.duckdb;

import org.jspecify.annotations.NullMarked;
