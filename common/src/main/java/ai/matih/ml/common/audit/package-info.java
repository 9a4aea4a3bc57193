/** Who did what, hash-chained per tenant. Written in the transaction of the change. */
@NullMarked
package ai.matih.ml.common.audit;

import org.jspecify.annotations.NullMarked;
