package ai.matih.ml.training.cluster.kuberay;

import java.util.Optional;

/**
 * Refusals that are not the job's fault: the same call is accepted once an operator has changed the
 * cluster, or once other jobs have ended. The job waits.
 */
final class OperatorActionNeeded {

  private OperatorActionNeeded() {}

  static Optional<String> of(int status, String body) {
    if (status == 401) {
      return Optional.of("does not know our service account");
    }
    // Kubernetes gives its reasons as text only, in the same words since many years.
    if (status == 403 && body.contains("exceeded quota")) {
      return Optional.of("the namespace's quota is used up");
    }
    if (status == 403 && body.contains("User \\\"") && body.contains("cannot ")) {
      return Optional.of("our service account lacks a right");
    }
    if (status == 404
        && (body.contains("the server could not find the requested resource")
            || body.startsWith("404 page not found"))) {
      return Optional.of("KubeRay is not installed");
    }
    return Optional.empty();
  }
}
