package ai.matih.ml.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** One server with the bytes of the requests that it gets in turn, again and again. */
public final class Target {

  private final String name;
  private final String host;
  private final int port;
  private final List<byte[]> requests;
  private final AtomicLong turn = new AtomicLong();

  private Target(String name, URI server, List<byte[]> requests) {
    this.name = name;
    this.host = server.getHost();
    this.port = server.getPort() > 0 ? server.getPort() : 80;
    this.requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("nothing to ask " + name);
    }
  }

  /**
   * One request.
   *
   * @param path with its query, encoded
   * @param json empty for none
   */
  public record Call(String method, String path, String json) {

    public static Call get(String path) {
      return new Call("GET", path, "");
    }
  }

  /** A POST of JSON with a bearer token. */
  public static Target post(String name, URI address, String token, byte[] json) {
    return inTurn(
        name,
        address,
        Map.of("Authorization", "Bearer " + token),
        List.of(new Call("POST", address.getRawPath(), new String(json, StandardCharsets.UTF_8))));
  }

  /** Several requests to one server with the same headers. */
  public static Target inTurn(
      String name, URI server, Map<String, String> headers, List<Call> calls) {
    return new Target(name, server, calls.stream().map(c -> bytes(server, headers, c)).toList());
  }

  private static byte[] bytes(URI server, Map<String, String> headers, Call call) {
    StringBuilder head =
        new StringBuilder()
            .append(call.method())
            .append(' ')
            .append(call.path())
            .append(" HTTP/1.1\r\nHost: ")
            .append(server.getRawAuthority())
            .append("\r\nAccept: application/json\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    byte[] json = call.json().getBytes(StandardCharsets.UTF_8);
    if (json.length > 0) {
      head.append("Content-Type: application/json\r\nContent-Length: ")
          .append(json.length)
          .append("\r\n");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(json);
    return bytes.toByteArray();
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

  /** The next one; callers on several connections share the turns. */
  byte[] request() {
    return requests.get(Math.toIntExact(turn.getAndIncrement() % requests.size()));
  }
}
