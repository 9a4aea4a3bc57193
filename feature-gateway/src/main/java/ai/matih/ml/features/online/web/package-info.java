/** Online values over HTTP: our own form and the form that Feast's clients expect. */
@NullMarked
package ai.matih.ml.features.online.web;

import org.jspecify.annotations.NullMarked;
