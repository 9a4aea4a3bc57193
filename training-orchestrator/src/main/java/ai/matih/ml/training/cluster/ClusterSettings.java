package ai.matih.ml.training.cluster;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The cluster and how it is called.
 *
 * @param url of Ray's dashboard
 * @param token every call carries it
 * @param readTimeout until an answer; a submission may take seconds on a cold cluster
 * @param logTail how much of the end of a log is kept and shown
 * @param maxConcurrentCalls at once
 */
@Validated
@ConfigurationProperties(value = "training.cluster", ignoreUnknownFields = false)
public record ClusterSettings(
    @NotBlank String url,
    @NotBlank String token,
    @DefaultValue("20s") Duration readTimeout,
    @DefaultValue("1MB") DataSize logTail,
    @Min(1) @DefaultValue("16") int maxConcurrentCalls) {

  @Override
  public String toString() {
    return "ClusterSettings[url=" + url + "]";
  }
}
