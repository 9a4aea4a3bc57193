package ai.matih.ml.features.feast;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where Feast is.
 *
 * @param token the secret that the Feast server shares with this service
 * @param databaseUrl JDBC address of the database with the registry and the online tables
 * @param poolSize connections for reads of registry and online values
 * @param registryCheckInterval how old a project's definitions may be before they are compared
 *     again
 */
@Validated
@ConfigurationProperties("features.feast")
record FeastSettings(
    @Size(min = 16) String token,
    @NotBlank String databaseUrl,
    @NotBlank String databaseUser,
    @DefaultValue("") String databasePassword,
    @DefaultValue("8") @Positive int poolSize,
    @DefaultValue("PT1S") Duration registryCheckInterval) {

  @Override
  public String toString() {
    return "FeastSettings[databaseUrl=" + databaseUrl + "]";
  }
}
