/**
 * Models, policies and versions over HTTP. Requests become values here, or problems that name the
 * field.
 */
@NullMarked
package ai.matih.ml.registry.model.web;

import org.jspecify.annotations.NullMarked;
