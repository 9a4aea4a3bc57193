package ai.matih.ml.training.job;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.JobTokens;
import ai.matih.ml.common.storage.StorageSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The job's document; a token for its run where it has one, and for a training the store's keys.
 */
final class PlatformEnvironment implements JobEnvironment {

  private static final Duration TOKEN_ROOM = Duration.ofMinutes(10);

  private final JobSettings settings;
  private final StorageSettings storage;
  private final JobTokens tokens;
  private final JsonMapper json;

  PlatformEnvironment(
      JobSettings settings, StorageSettings storage, JobTokens tokens, JsonMapper json) {
    this.settings = settings;
    this.storage = storage;
    this.tokens = tokens;
    this.json = json;
  }

  @Override
  public Map<String, String> of(Job job, Map<String, Object> document) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MATIH_JOB", json.writeValueAsString(document));
    if (job.run().isEmpty()) {
      // A job about a version gets no key and no token: its document holds signed addresses.
      return environment;
    }
    if (job.specification() instanceof TrainingSpecification) {
      keysOfTheStore(environment);
    }
    environment.put("MLFLOW_TRACKING_URI", settings.publicUrl());
    environment.put(
        "MLFLOW_TRACKING_TOKEN",
        tokens.mint(
            job.tenant(),
            new Caller.Job(job.id().toString(), job.attempt(), job.run().orElseThrow().runId()),
            job.specification().timeout().plus(TOKEN_ROOM)));
    return environment;
  }

  private void keysOfTheStore(Map<String, String> environment) {
    environment.put("AWS_ENDPOINT_URL", storage.endpoint());
    environment.put("AWS_ACCESS_KEY_ID", storage.accessKey());
    environment.put("AWS_SECRET_ACCESS_KEY", storage.secretKey());
    environment.put("AWS_DEFAULT_REGION", storage.region());
    environment.put("AWS_REGION", storage.region());
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
  }
}
