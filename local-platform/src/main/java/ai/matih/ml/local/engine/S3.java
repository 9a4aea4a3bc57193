package ai.matih.ml.local.engine;

import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** An S3 store, path style, with the keys that may do everything. */
public record S3(URI endpoint, String accessKey, String secretKey, String region) {

  /** The buckets of the suite. */
  public static final List<String> BUCKETS = List.of("mlflow", "datasets", "checkpoints", "models");

  @Override
  public String toString() {
    return "S3 at " + endpoint;
  }

  /** Creates a bucket of a unique name. */
  public String freshBucket(String prefix) {
    var bytes = new byte[6];
    RandomGenerator.getDefault().nextBytes(bytes);
    var name = prefix + "-" + HexFormat.of().formatHex(bytes);
    ensureBucket(name);
    return name;
  }

  /** Creates a bucket unless it is there. */
  public void ensureBucket(String name) {
    var status = SignedRequest.put(this, "/" + name).status();
    if (status != 200 && status != 409) {
      throw new IllegalStateException(
          "The S3 store answered " + status + " to the creation of bucket " + name);
    }
  }

  /** True when the bucket is there and ours. */
  public boolean hasBucket(String name) {
    return SignedRequest.get(this, "/" + name).status() == 200;
  }

  /** True when the store knows our keys. */
  public boolean answers() {
    try {
      return SignedRequest.get(this, "/").status() == 200;
    } catch (java.io.UncheckedIOException _) {
      return false;
    }
  }

  /** The environment by which Python's and Java's AWS clients find the store. */
  public Map<String, String> awsEnvironment() {
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint.toString(),
        "AWS_ACCESS_KEY_ID", accessKey,
        "AWS_SECRET_ACCESS_KEY", secretKey,
        "AWS_DEFAULT_REGION", region,
        "AWS_REGION", region);
  }
}
