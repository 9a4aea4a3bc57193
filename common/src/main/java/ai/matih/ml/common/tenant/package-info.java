/**
 * Whose data it is. The tenant comes from the token only and is enforced again by row-level
 * security.
 */
@NullMarked
package ai.matih.ml.common.tenant;

import org.jspecify.annotations.NullMarked;
