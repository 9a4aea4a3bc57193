/**
 * Experiments and their runs: what was tried, with which parameters, how it went. MLflow keeps
 * them, each tenant's in a workspace of its own; this package has the rules.
 */
@NullMarked
package ai.matih.ml.api.experiment;

import org.jspecify.annotations.NullMarked;
