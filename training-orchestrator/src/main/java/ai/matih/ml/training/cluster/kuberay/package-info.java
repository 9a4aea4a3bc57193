/**
 * KubeRay: one RayJob, and with it one Ray cluster, per attempt, in the tenant's namespace. Only
 * this package knows Kubernetes.
 */
@NullMarked
package ai.matih.ml.training.cluster.kuberay;

import org.jspecify.annotations.NullMarked;
