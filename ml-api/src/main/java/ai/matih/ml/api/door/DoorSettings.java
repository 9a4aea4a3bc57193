package ai.matih.ml.api.door;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much passes the door.
 *
 * @param connectTimeout until a connection to a service stands
 * @param answerTimeout until a service's answer begins, once the request is sent
 * @param silenceTimeout between two parts of an answer or of an upload
 * @param maxConnections calls in flight per service
 * @param maxBody size of ordinary requests
 * @param maxUpload size of data sets, packages and artifacts
 * @param engines addresses that show whether an engine is there, by its name; empty ones are not
 *     looked at
 */
@Validated
@ConfigurationProperties("api.door")
record DoorSettings(
    @DefaultValue("2s") Duration connectTimeout,
    @DefaultValue("60s") Duration answerTimeout,
    @DefaultValue("120s") Duration silenceTimeout,
    @DefaultValue("512") @Positive int maxConnections,
    @DefaultValue("16MB") DataSize maxBody,
    @DefaultValue("10GB") DataSize maxUpload,
    @DefaultValue Map<String, String> engines,
    @DefaultValue @Valid Limits limits) {

  DoorSettings {
    engines = Map.copyOf(engines);
  }

  /**
   * Requests per second, with bursts of twice as many.
   *
   * @param failedLogins per remote address
   */
  record Limits(
      @DefaultValue("10000") @Positive double inferencePerKey,
      @DefaultValue("20000") @Positive double inferencePerTenant,
      @DefaultValue("500") @Positive double managementPerKey,
      @DefaultValue("2000") @Positive double managementPerTenant,
      @DefaultValue("20") @Positive double failedLogins) {}
}
