/** Deployments in PostgreSQL. Row-level security keeps tenants apart a second time. */
@NullMarked
package ai.matih.ml.serving.deployment.store;

import org.jspecify.annotations.NullMarked;
