/** Who calls and what the caller may do, as internal tokens say it; making and checking them. */
@NullMarked
package ai.matih.ml.common.security;

import org.jspecify.annotations.NullMarked;
