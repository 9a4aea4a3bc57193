package ai.matih.ml.api.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How callers are recognised.
 *
 * @param bootstrapKeySha256 hash of an admin key of the tenant {@code default}; empty for none. It
 *     works without a database row, so that the first key can be made with it
 * @param refreshAfter age at which a known key is looked up again
 * @param trustFor longest time that a revocation may take to show
 * @param outageTrust how long known keys keep working while the database is away; nobody can revoke
 *     a key through that database then either
 * @param tokenLife validity of the internal token
 * @param tokenReuse how long one internal token serves the calls of a key
 * @param keyLife validity of a key when its maker does not say
 * @param maxKeyLife longest validity of a key
 * @param maxKeysPerTenant valid keys that a tenant may have
 * @param sessionLife how long a browser stays signed in
 * @param linkLife how long a sign-in link can be used
 */
@Validated
@ConfigurationProperties("api.access")
public record AccessSettings(
    @DefaultValue("") @Pattern(regexp = "([0-9a-f]{64})?") String bootstrapKeySha256,
    @DefaultValue("2s") Duration refreshAfter,
    @DefaultValue("5s") Duration trustFor,
    @DefaultValue("10m") Duration outageTrust,
    @DefaultValue("5m") Duration tokenLife,
    @DefaultValue("60s") Duration tokenReuse,
    @DefaultValue("90d") Duration keyLife,
    @DefaultValue("365d") Duration maxKeyLife,
    @DefaultValue("1000") @Positive int maxKeysPerTenant,
    @DefaultValue("8h") Duration sessionLife,
    @DefaultValue("15m") Duration linkLife,
    @DefaultValue @Valid OidcSettings oidc) {}
