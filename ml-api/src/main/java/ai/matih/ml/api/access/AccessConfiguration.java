package ai.matih.ml.api.access;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.security.TokenSigner;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
@EnableScheduling
class AccessConfiguration {

  private static final Set<String> SERVICES =
      Set.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");

  @Bean
  KeyDirectory keyDirectory(
      ApiKeys keys, TokenSigner signer, AccessSettings settings, Clock clock) {
    return new KeyDirectory(keys, signer, settings, clock);
  }

  @Bean
  Admit admit(
      KeyDirectory keys,
      JwtDecoder internal,
      AccessSettings settings,
      TokenSigner signer,
      Clock clock) {
    Optional<IdentityProvider> provider =
        settings.oidc().isOn()
            ? Optional.of(
                new IdentityProvider(
                    settings, signer, clock, IdentityProvider.decoder(settings.oidc())))
            : Optional.empty();
    return new Admit(keys, internal, SERVICES, provider);
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

  @Bean
  LastUses lastUses(KeyDirectory directory) {
    return new LastUses(directory);
  }

  /** Writes the last uses of keys off the callers' way. */
  static final class LastUses {
    private final KeyDirectory directory;

    LastUses(KeyDirectory directory) {
      this.directory = directory;
    }

    @Scheduled(fixedDelayString = "PT30S", initialDelayString = "PT30S")
    void write() {
      directory.writeLastUses();
    }
  }
}
