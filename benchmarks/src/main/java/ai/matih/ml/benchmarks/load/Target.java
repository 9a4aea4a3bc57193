package ai.matih.ml.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One server with the bytes of the one request that it gets again and again. */
public final class Target {

  private final String name;
  private final String host;
  private final int port;
  private final byte[] request;

  private Target(String name, String host, int port, byte[] request) {
    this.name = name;
    this.host = host;
    this.port = port;
    this.request = request;
  }

  /** A POST of JSON with a bearer token. */
  public static Target post(String name, URI address, String token, byte[] json) {
    String head =
        "POST "
            + address.getRawPath()
            + " HTTP/1.1\r\nHost: "
            + address.getRawAuthority()
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: "
            + json.length
            + "\r\n\r\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(json);
    int port = address.getPort() > 0 ? address.getPort() : 80;
    return new Target(name, address.getHost(), port, bytes.toByteArray());
  }

  public String name() {
    return name;
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  byte[] request() {
    return Arrays.copyOf(request, request.length);
  }
}
