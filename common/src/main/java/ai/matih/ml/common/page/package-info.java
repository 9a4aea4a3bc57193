/**
 * Lists in pages with opaque tokens. Order is stable because a token names the last row, not an
 * offset.
 */
@NullMarked
package ai.matih.ml.common.page;

import org.jspecify.annotations.NullMarked;
