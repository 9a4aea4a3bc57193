package ai.matih.ml.api.access;

import ai.matih.ml.common.security.TokenSigner;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({KeyDirectory.class, Admit.class, MakeKey.class, RevokeKey.class})
class AccessConfiguration {

  @Bean
  SealedCredentials sealedCredentials(TokenSigner signer, Clock clock) {
    return new SealedCredentials(signer::derivedSecret, clock);
  }
}
