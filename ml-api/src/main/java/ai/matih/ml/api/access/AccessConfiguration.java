package ai.matih.ml.api.access;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.security.TokenSigner;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  KeyDirectory keyDirectory(
      ApiKeys keys, TokenSigner signer, AccessSettings settings, Clock clock) {
    return new KeyDirectory(keys, signer, settings, clock);
  }

  @Bean
  Admit admit(KeyDirectory keys, SignedTokens tokens) {
    return new Admit(keys, tokens);
  }

  @Bean
  MakeKey makeKey(
      ApiKeys keys,
      TenantWorkspaces workspaces,
      PlatformTransactionManager transactions,
      Audit audit,
      AccessSettings settings,
      Clock clock) {
    return new MakeKey(
        keys, workspaces, new TransactionTemplate(transactions), audit, settings, clock);
  }

  @Bean
  RevokeKey revokeKey(
      ApiKeys keys,
      KeyDirectory directory,
      PlatformTransactionManager transactions,
      Audit audit,
      Clock clock) {
    return new RevokeKey(keys, directory, new TransactionTemplate(transactions), audit, clock);
  }
}
