package ai.matih.ml.api.experiment;

/**
 * The experiment of a client that names none. MLflow keeps it under the number 0, once, in the
 * workspace {@code default}; every other tenant has one of its own in its place, and sees it under
 * the same number.
 */
public interface DefaultExperiment {

  ExperimentId NUMBER = new ExperimentId("0");

  String NAME = "Default";

  /**
   * Where the tenant in scope keeps what it asks for; its default experiment is made when needed.
   */
  ExperimentId stored(ExperimentId asked);

  /** What the tenant in scope calls an experiment. */
  ExperimentId shown(ExperimentId stored);
}
