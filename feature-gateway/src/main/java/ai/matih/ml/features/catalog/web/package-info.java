/** The catalogue over HTTP: lists, and documents with revisions. */
@NullMarked
package ai.matih.ml.features.catalog.web;

import org.jspecify.annotations.NullMarked;
