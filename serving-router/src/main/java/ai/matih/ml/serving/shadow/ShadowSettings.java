package ai.matih.ml.serving.shadow;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What shadows may take of a router.
 *
 * @param buffer how many copies wait for one shadow; more are dropped, and counted
 * @param bufferValues how many values these copies may have together; a text counts as one value
 *     and one more per four characters
 * @param totalValues how many values the copies of all shadows may have together
 * @param computing how many copies are computed in the router itself at once, of all shadows
 * @param refresh how often a router looks which shadows there are
 * @param flush how often counts go to the database
 */
@Validated
@ConfigurationProperties("serving.shadow")
public record ShadowSettings(
    @DefaultValue("1000") @Positive int buffer,
    @DefaultValue("1000000") @Positive long bufferValues,
    @DefaultValue("4000000") @Positive long totalValues,
    @DefaultValue("1") @Positive int computing,
    @DefaultValue("PT2S") Duration refresh,
    @DefaultValue("PT2S") Duration flush) {}
