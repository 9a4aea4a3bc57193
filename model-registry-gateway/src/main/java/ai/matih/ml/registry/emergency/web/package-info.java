/** Overrides and roll-backs over HTTP. */
@NullMarked
package ai.matih.ml.registry.emergency.web;

import org.jspecify.annotations.NullMarked;
