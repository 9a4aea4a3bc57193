/** Transactions without a framework, so that rules and use cases can say what belongs into one. */
@NullMarked
package ai.matih.ml.common.transaction;

import org.jspecify.annotations.NullMarked;
