package ai.matih.ml.common.security;

/** Claims of the internal tokens beside the registered ones. */
public final class TokenClaims {
  public static final String AUDIENCE = "matih-ml";
  public static final String TENANT = "tenant";
  public static final String ROLES = "roles";
  public static final String KEY_ID = "key_id";
  public static final String KEY_MADE_BY = "key_made_by";
  public static final String ON_BEHALF_OF = "on_behalf_of";
  public static final String JOB_ID = "job_id";
  public static final String ATTEMPT = "attempt";
  public static final String RUN_ID = "run_id";

  private TokenClaims() {}
}
