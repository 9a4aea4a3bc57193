/**
 * The public door of the suite on port 8000. It authenticates, limits and routes every call, and
 * answers for experiments and runs itself.
 */
@NullMarked
package ai.matih.ml.api;

import org.jspecify.annotations.NullMarked;
