package ai.matih.ml.common.security;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.text.ParseException;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** How a service checks the suite's internal tokens and signs its own. */
@AutoConfiguration(
    beforeName =
        "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration")
@EnableConfigurationProperties(SecuritySettings.class)
public class TokenConfiguration {

  @Bean
  @ConditionalOnMissingBean
  JwtDecoder jwtDecoder(SecuritySettings settings, Clock clock) {
    try {
      return new RememberedTokens(
          TokenVerification.decoder(JWKSet.parse(Files.readString(settings.jwksFile()))), clock);
    } catch (IOException e) {
      throw new UncheckedIOException("matih.security.jwks-file cannot be read", e);
    } catch (ParseException e) {
      throw new IllegalArgumentException("matih.security.jwks-file is not a JWK set", e);
    }
  }

  @Bean
  TokenSigner tokenSigner(SecuritySettings settings, Clock clock) {
    try {
      return new TokenSigner(RSAKey.parse(Files.readString(settings.signingKeyFile())), clock);
    } catch (IOException e) {
      throw new UncheckedIOException("matih.security.signing-key-file cannot be read", e);
    } catch (ParseException e) {
      throw new IllegalArgumentException("matih.security.signing-key-file is not an RSA JWK", e);
    }
  }

  @Bean
  ServiceTokens serviceTokens(TokenSigner signer, Clock clock) {
    return new ServiceTokens(signer, clock);
  }
}
