/** Outbound HTTP with four outcomes. Adapters build on it and never see raw exceptions. */
@NullMarked
package ai.matih.ml.common.http;

import org.jspecify.annotations.NullMarked;
