package ai.matih.ml.api.access.token;

import ai.matih.ml.api.access.AccessSettings;
import ai.matih.ml.api.access.SignedTokens;
import ai.matih.ml.common.security.TokenSigner;
import java.time.Clock;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jwt.JwtDecoder;

@Configuration(proxyBeanMethods = false)
class TokenConfiguration {

  @Bean
  SignedTokens signedTokens(
      JwtDecoder internal, AccessSettings settings, TokenSigner signer, Clock clock) {
    return new KnownIssuers(
        internal,
        settings.oidc().isOn()
            ? Optional.of(
                new IdentityProvider(
                    settings, signer, clock, IdentityProvider.decoder(settings.oidc())))
            : Optional.empty());
  }
}
