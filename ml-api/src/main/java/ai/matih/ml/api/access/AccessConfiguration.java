package ai.matih.ml.api.access;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
      Transactions transactions,
      Audit audit,
      AccessSettings settings,
      Clock clock) {
    return new MakeKey(keys, workspaces, transactions, audit, settings, clock);
  }

  @Bean
  RevokeKey revokeKey(
      ApiKeys keys, KeyDirectory directory, Transactions transactions, Audit audit, Clock clock) {
    return new RevokeKey(keys, directory, transactions, audit, clock);
  }
}
