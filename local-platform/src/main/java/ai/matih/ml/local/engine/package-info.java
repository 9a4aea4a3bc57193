/**
 * The outside systems as programs of one machine: PostgreSQL, an S3 store, MLflow, Ray and Feast.
 * Each class knows one system's installation, command line and readiness, and nothing of the others
 * beyond their addresses.
 */
@NullMarked
package ai.matih.ml.local.engine;

import org.jspecify.annotations.NullMarked;
