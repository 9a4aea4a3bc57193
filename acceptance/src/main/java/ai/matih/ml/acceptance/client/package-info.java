/**
 * Plain HTTP to the public door. No type of any service is known here: the OpenAPI is the contract.
 */
@NullMarked
package ai.matih.ml.acceptance.client;

import org.jspecify.annotations.NullMarked;
