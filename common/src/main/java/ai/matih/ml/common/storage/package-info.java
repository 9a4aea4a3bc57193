/** Objects on an S3 store. Streams, never whole objects in memory. */
@NullMarked
package ai.matih.ml.common.storage;

import org.jspecify.annotations.NullMarked;
