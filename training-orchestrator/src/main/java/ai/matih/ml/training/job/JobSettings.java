package ai.matih.ml.training.job;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How jobs are run.
 *
 * @param publicUrl the door as seen from inside the cluster
 * @param entrypoint what the cluster runs
 * @param bucket where attempts write
 * @param modelsBucket where the registry keeps the files of versions, by their digest
 * @param sourceBuckets in which a tenant may name files below its own prefix
 * @param poll how often the cluster is asked for its jobs; one call lists all of them
 * @param patience until the next try when an engine does not answer, and after a first loss
 * @param maxLosses attempts that the cluster may forget before the job fails
 * @param stopGrace how long a submission that has not begun is asked to stop before it is given up
 * @param sweep how often attempts that no job has any more are stopped
 * @param longestTimeout that may be asked for
 * @param aboutVersionTimeout how long an evaluation or a run of tests may take
 * @param maxStreams event streams open at once
 */
@Validated
@ConfigurationProperties(value = "training.job", ignoreUnknownFields = false)
public record JobSettings(
    @NotBlank String publicUrl,
    @NotBlank @DefaultValue("python -m matih_training") String entrypoint,
    @NotBlank @DefaultValue("checkpoints") String bucket,
    @NotBlank @DefaultValue("models") String modelsBucket,
    @NotEmpty @DefaultValue("datasets") Set<String> sourceBuckets,
    @DefaultValue("2s") Duration poll,
    @DefaultValue("5s") Duration patience,
    @Min(0) @DefaultValue("3") int maxLosses,
    @DefaultValue("30s") Duration stopGrace,
    @DefaultValue("30s") Duration sweep,
    @DefaultValue("7d") Duration longestTimeout,
    @DefaultValue("30m") Duration aboutVersionTimeout,
    @Min(1) @DefaultValue("200") int maxStreams) {}
