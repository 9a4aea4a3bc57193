package ai.matih.ml.api.access;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The company's identity provider; off while {@code issuer} is empty.
 *
 * @param issuer the only accepted {@code iss}
 * @param jwks where its public keys are; found by discovery when absent
 * @param audience must be among the token's {@code aud}
 * @param tenantClaim names the caller's tenant
 * @param rolesClaim lists roles; those that are not the platform's are ignored
 * @param principalClaim names the person
 */
public record OidcSettings(
    @DefaultValue("") String issuer,
    @Nullable URI jwks,
    @DefaultValue("matih-ml") String audience,
    @DefaultValue("tenant") String tenantClaim,
    @DefaultValue("roles") String rolesClaim,
    @DefaultValue("sub") String principalClaim) {

  public boolean isOn() {
    return !issuer.isEmpty();
  }
}
