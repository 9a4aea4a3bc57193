package ai.matih.ml.serving.engine.triton;

import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Triton as this router uses it. Without a URL the engine is not offered.
 *
 * @param url of its HTTP endpoint
 * @param grpc its gRPC endpoint, such as {@code triton:8001}, by which models are asked; empty to
 *     ask by HTTP
 * @param backend what runs the models: {@code onnxruntime}, or {@code python} where that one is not
 *     installed
 * @param instances of each model, which answer at the same time
 * @param patience how long an answer may take
 * @param loading how long a model may take to load
 * @param check how often it is looked whether all models are there
 * @param maxModel largest model; it is sent in one request
 */
@ConfigurationProperties("serving.triton")
public record TritonSettings(
    @DefaultValue("") String url,
    @DefaultValue("") String grpc,
    @DefaultValue("onnxruntime") Backend backend,
    @DefaultValue("1") int instances,
    @DefaultValue("PT10S") Duration patience,
    @DefaultValue("PT60S") Duration loading,
    @DefaultValue("PT2S") Duration check,
    @DefaultValue("200MB") DataSize maxModel) {

  /** What runs an ONNX graph. */
  public enum Backend {
    ONNXRUNTIME,
    PYTHON;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
