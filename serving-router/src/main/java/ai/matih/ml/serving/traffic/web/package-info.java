/** Traffic over REST. Changes need the revision they are made from. */
@NullMarked
package ai.matih.ml.serving.traffic.web;

import org.jspecify.annotations.NullMarked;
