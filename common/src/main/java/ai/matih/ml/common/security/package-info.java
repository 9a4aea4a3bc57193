/**
 * Who calls, and what the caller may do. Every service checks tokens itself and denies by default.
 */
@NullMarked
package ai.matih.ml.common.security;

import org.jspecify.annotations.NullMarked;
