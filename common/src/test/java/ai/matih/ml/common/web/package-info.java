/** The HTTP side on a real web server. */
@NullMarked
package ai.matih.ml.common.web;

import org.jspecify.annotations.NullMarked;
