package ai.matih.ml.serving.deployment;

import ai.matih.ml.serving.traffic.Weight;

/** Lets a deployed version get copies of requests that others answer. */
public interface Shadowing {

  /**
   * Asking again with another share starts it anew. Runs in the caller's transaction, under the
   * model's lock.
   *
   * @param sample the share of the units whose requests are copied
   */
  void start(Deployment deployment, Weight sample, String by);
}
