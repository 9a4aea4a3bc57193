/** Traffic documents in PostgreSQL: one inserted row per revision, never an update. */
@NullMarked
package ai.matih.ml.serving.traffic.store;

import org.jspecify.annotations.NullMarked;
