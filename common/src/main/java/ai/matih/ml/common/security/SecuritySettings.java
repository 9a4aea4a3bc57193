package ai.matih.ml.common.security;

import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Keys of the internal tokens.
 *
 * @param jwksFile public keys of the five services
 * @param signingKeyFile this service's private key, a JWK
 */
@Validated
@ConfigurationProperties("matih.security")
public record SecuritySettings(@NotNull Path jwksFile, @NotNull Path signingKeyFile) {}
