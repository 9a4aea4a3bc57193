/** Tests of experiments and runs. */
@NullMarked
package ai.matih.ml.api.experiment;

import org.jspecify.annotations.NullMarked;
