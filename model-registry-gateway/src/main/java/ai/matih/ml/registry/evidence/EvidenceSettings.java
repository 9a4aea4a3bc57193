package ai.matih.ml.registry.evidence;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How the platform checks versions.
 *
 * @param maxOnnx largest ONNX file that is looked at
 * @param trialTimeout how long one trial in the serving engine may take
 * @param pollJobs how often a job on Ray is looked at
 * @param retryAfter pause before a check is tried again that an engine did not answer
 */
@Validated
@ConfigurationProperties("registry.evidence")
public record EvidenceSettings(
    @DefaultValue("512MB") DataSize maxOnnx,
    @DefaultValue("PT2M") Duration trialTimeout,
    @DefaultValue("PT3S") Duration pollJobs,
    @DefaultValue("PT3S") Duration retryAfter) {

  long maxOnnxBytes() {
    return maxOnnx.toBytes();
  }
}
