/** Tests of the feature gateway as a whole, on a real PostgreSQL, S3 and Feast. */
@NullMarked
package ai.matih.ml.features;

import org.jspecify.annotations.NullMarked;
