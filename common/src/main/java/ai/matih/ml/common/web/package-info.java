/**
 * Request ids, body limits and JSON rules shared by all services. Also the defaults that every
 * service starts with.
 */
@NullMarked
package ai.matih.ml.common.web;

import org.jspecify.annotations.NullMarked;
