package ai.matih.ml.serving.drift;

import java.util.Map;

/** Where training jobs are submitted. */
public interface TrainingJobs {

  /**
   * Submits a job. Repeatable: the same key again answers the same job.
   *
   * @return its id
   * @throws ai.matih.ml.common.http.EngineFailure when it was refused, or not heard
   */
  String submit(String key, Map<String, Object> job);
}
