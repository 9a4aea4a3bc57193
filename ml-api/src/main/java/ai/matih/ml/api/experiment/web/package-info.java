/** The routes of experiments and runs. Bodies are checked here, files stream through. */
@NullMarked
package ai.matih.ml.api.experiment.web;

import org.jspecify.annotations.NullMarked;
