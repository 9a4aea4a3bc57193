package ai.matih.ml.registry.model.web;

import ai.matih.ml.registry.model.Preparations.Preparation;

/** The job that makes a version of a logged model; it is followed as any other job. */
record PreparationAnswer(String jobId, String status) {

  static PreparationAnswer of(Preparation preparation) {
    return new PreparationAnswer(preparation.jobId(), preparation.status());
  }
}
