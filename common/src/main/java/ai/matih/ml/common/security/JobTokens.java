package ai.matih.ml.common.security;

import ai.matih.ml.common.tenant.Tenant;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Tokens for code inside a training job; only the training orchestrator's are accepted. */
public final class JobTokens {

  private final TokenSigner signer;

  public JobTokens(TokenSigner signer) {
    this.signer = signer;
  }

  /**
   * @param validity the job's timeout with some room; a job cannot renew it
   */
  public String mint(Tenant tenant, Caller.Job job, Duration validity) {
    return signer.sign(
        tenant,
        "job:" + job.jobId(),
        Set.of(Role.JOB),
        validity,
        Map.of(
            TokenClaims.JOB_ID,
            job.jobId(),
            TokenClaims.ATTEMPT,
            job.attempt(),
            TokenClaims.RUN_ID,
            job.runId()));
  }
}
