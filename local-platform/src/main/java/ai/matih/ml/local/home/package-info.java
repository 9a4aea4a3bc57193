/**
 * The folder of one platform: where everything lies, its secrets, its ports and the state file by
 * which others find it.
 */
@NullMarked
package ai.matih.ml.local.home;

import org.jspecify.annotations.NullMarked;
