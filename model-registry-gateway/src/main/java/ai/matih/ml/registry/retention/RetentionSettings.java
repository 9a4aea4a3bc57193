package ai.matih.ml.registry.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How deleted versions leave.
 *
 * @param gracePeriod how long a deleted version can be restored; keep it longer than the time for
 *     which backups of the database are kept
 * @param keepUnused how long files stay that no version needs, after they were stored last; who
 *     prepares or registers the same model again finds them there
 * @param retryAfter how long to wait when files cannot be removed yet
 * @param applyEvery how often a model's retention is applied
 * @param checkEvery how often due work is looked for
 */
@ConfigurationProperties("registry.retention")
public record RetentionSettings(
    @DefaultValue("P7D") Duration gracePeriod,
    @DefaultValue("P1D") Duration keepUnused,
    @DefaultValue("PT5M") Duration retryAfter,
    @DefaultValue("PT1H") Duration applyEvery,
    @DefaultValue("PT30S") Duration checkEvery) {}
