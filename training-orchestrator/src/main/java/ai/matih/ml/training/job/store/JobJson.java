package ai.matih.ml.training.job.store;

import ai.matih.ml.training.job.Job;
import com.fasterxml.jackson.annotation.JsonAutoDetect;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The stored form of a job: its fields. Fields of a newer release are left out by an older one. */
public final class JobJson {

  private final JsonMapper json;

  public JobJson(JsonMapper wire) {
    this.json =
        wire.rebuild()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultVisibility(
                v ->
                    v.withFieldVisibility(JsonAutoDetect.Visibility.ANY)
                        .withGetterVisibility(JsonAutoDetect.Visibility.NONE)
                        .withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
            .build();
  }

  public Job read(String document) {
    return json.readValue(document, Job.class);
  }

  public String write(Job job) {
    return json.writeValueAsString(job);
  }
}
