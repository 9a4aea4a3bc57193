package ai.matih.ml.training.job;

import java.util.Map;

/** Everything that the code of an attempt finds in its environment, secrets among it. */
public interface JobEnvironment {

  Map<String, String> of(Job job, Map<String, Object> document);
}
