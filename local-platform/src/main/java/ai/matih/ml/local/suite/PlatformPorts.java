package ai.matih.ml.local.suite;

import ai.matih.ml.local.engine.RayPorts;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every port of a platform: one block that begins at 8000 plus the offset, services first. Only the
 * door may lie elsewhere.
 */
public record PlatformPorts(int door, int offset) {

  private static final int BASE = 8000;
  private static final int BLOCK = 40;

  public PlatformPorts {
    if (offset < 0 || BASE + offset + BLOCK > 65535) {
      throw new IllegalArgumentException(
          "The port offset must be between 0 and " + (65535 - BASE - BLOCK));
    }
    if (door < 1 || door > 65535) {
      throw new IllegalArgumentException("The port of the door must be between 1 and 65535");
    }
  }

  public static PlatformPorts withOffset(int offset) {
    return new PlatformPorts(BASE + offset, offset);
  }

  public int of(Service service) {
    return service == Service.ML_API ? door : BASE + offset + service.place();
  }

  /** Where the router answers predictions. */
  public int predictions() {
    return BASE + offset + 5;
  }

  /** Where the feature gateway answers online values. */
  public int onlineFeatures() {
    return BASE + offset + 6;
  }

  /** Where the router answers predictions over gRPC. */
  public int grpc() {
    return BASE + offset + 7;
  }

  public int postgres() {
    return BASE + offset + 10;
  }

  public int s3() {
    return BASE + offset + 11;
  }

  public int mlflow() {
    return BASE + offset + 12;
  }

  public int feast() {
    return BASE + offset + 13;
  }

  /** Where replicas of Ray Serve answer, once a deployment has asked for one. */
  public int rayServe() {
    return BASE + offset + 14;
  }

  public RayPorts ray() {
    return RayPorts.from(new AtomicInteger(BASE + offset + 20)::getAndIncrement);
  }

  /** All ports by the name of the part that listens there. */
  public Map<Integer, String> owners() {
    var owners = new LinkedHashMap<Integer, String>();
    for (var service : Service.values()) {
      owners.put(of(service), service.wire());
    }
    owners.put(predictions(), Service.SERVING_ROUTER.wire());
    owners.put(onlineFeatures(), Service.FEATURE_GATEWAY.wire());
    owners.put(grpc(), Service.SERVING_ROUTER.wire());
    owners.put(postgres(), "postgres");
    owners.put(s3(), "s3");
    owners.put(mlflow(), "mlflow");
    owners.put(feast(), "feast");
    owners.put(rayServe(), "ray");
    ray().all().forEach(port -> owners.put(port, "ray"));
    return owners;
  }

  /** Where each system is found, by the names that the state file uses. */
  public Map<String, URI> addresses() {
    var addresses = new LinkedHashMap<String, URI>();
    for (var service : Service.values()) {
      addresses.put(service.address(), http(of(service)));
    }
    addresses.put("predictions", http(predictions()));
    addresses.put("online_features", http(onlineFeatures()));
    addresses.put("grpc", http(grpc()));
    addresses.put("postgres", URI.create("postgresql://127.0.0.1:" + postgres()));
    addresses.put("s3", http(s3()));
    addresses.put("mlflow", http(mlflow()));
    addresses.put("feast", http(feast()));
    addresses.put("ray", http(ray().dashboard()));
    addresses.put("ray_agent", http(ray().agentHttp()));
    return addresses;
  }

  static URI http(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
