package ai.matih.ml.api.experiment;

/** The tags by which the platform knows its own. */
public final class Tags {

  /** Tags with this prefix are the platform's; callers read them and never write them. */
  public static final String PLATFORM = "matih.";

  /** Fingerprint of the request that made the thing; finds it again after an unclear outcome. */
  public static final String REQUEST = "matih.request";

  public static final String CREATED_BY = "matih.created_by";
  public static final String JOB = "matih.job_id";
  public static final String DESCRIPTION = "mlflow.note.content";
  public static final String PARENT = "mlflow.parentRunId";

  private Tags() {}

  public static boolean isPlatforms(String key) {
    return key.startsWith(PLATFORM);
  }
}
