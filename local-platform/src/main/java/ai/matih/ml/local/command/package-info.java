/** What people type: {@code ./ml up}, {@code down}, {@code status} and the rest. */
@NullMarked
package ai.matih.ml.local.command;

import org.jspecify.annotations.NullMarked;
