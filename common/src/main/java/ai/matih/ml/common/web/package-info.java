/**
 * What happens to every request: its id, its limits, its caller and tenant, the permission of its
 * route. Every service checks tokens itself and denies by default.
 */
@NullMarked
package ai.matih.ml.common.web;

import org.jspecify.annotations.NullMarked;
