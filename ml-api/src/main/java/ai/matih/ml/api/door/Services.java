package ai.matih.ml.api.door;

import ai.matih.ml.common.http.Addresses;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The listeners of the four services behind the door. */
final class Services {

  private final Map<Destination, Upstream> upstreams = new EnumMap<>(Destination.class);
  private final Forwarder forwarder;
  private final DoorSettings settings;

  Services(Addresses addresses, DoorSettings settings, Forwarder forwarder) {
    this.settings = settings;
    this.forwarder = forwarder;
    for (Destination destination : Destination.values()) {
      upstreams.put(
          destination,
          new Upstream(
              destination.wire(),
              URI.create(addresses.service(destination.service())),
              settings.connectTimeout(),
              settings.maxConnections()));
    }
  }

  void forward(
      Destination destination,
      Forwarder.Outgoing outgoing,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    forwarder.forward(
        upstream(destination), outgoing, Forwarder.AnswerGuard.NONE, request, response);
  }

  Upstream upstream(Destination destination) {
    Upstream upstream = upstreams.get(destination);
    if (upstream == null) {
      throw new IllegalStateException("no upstream for " + destination);
    }
    return upstream;
  }

  /** Uploads are not JSON; everything else has the ordinary limit. */
  long maxBody(HttpServletRequest request) {
    String type = request.getContentType();
    boolean upload = type != null && !type.toLowerCase(Locale.ROOT).contains("json");
    return (upload ? settings.maxUpload() : settings.maxBody()).toBytes();
  }
}
