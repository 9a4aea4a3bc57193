/** The key routes. Secrets leave once, in the answer that makes them. */
@NullMarked
package ai.matih.ml.api.access.web;

import org.jspecify.annotations.NullMarked;
