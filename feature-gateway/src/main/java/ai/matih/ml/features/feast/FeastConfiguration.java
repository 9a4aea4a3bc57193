package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.features.online.OnlineValues;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;

@Configuration
class FeastConfiguration {

  @Bean
  FeastDatabase feastDatabase(FeastSettings settings) {
    return new FeastDatabase(settings);
  }

  @Bean
  FeastRegistry feastRegistry(FeastDatabase database, FeastSettings settings) {
    return new FeastRegistry(database, settings.registryCheckInterval(), System::nanoTime);
  }

  @Bean
  OnlineValues onlineValues(
      OnlineStoreSettings settings, FeastDatabase database, EngineClients clients) {
    return switch (settings.type()) {
      case POSTGRESQL -> new PostgresOnlineValues(database);
      case REDIS ->
          new RedisOnlineValues(
              new RedisHashes(
                  settings.redis(),
                  clients.guard(RedisHashes.ENGINE, settings.redis().maxConcurrentReads())));
    };
  }

  @Bean
  FeastServer feastServer(EngineClients clients, Addresses addresses, FeastSettings settings) {
    return new FeastServer(
        clients
            .create(
                FeastServer.ENGINE,
                addresses.engine("feast"),
                EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(90)))
            .mutate()
            .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + settings.token())
            .build());
  }
}
