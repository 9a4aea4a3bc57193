package ai.matih.ml.api.door;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The documentation of all services on one page: {@code /docs}, with one entry per service, read
 * from the service itself at {@code /docs/<service>.json}.
 */
final class DocsPage {

  private static final String SELF = "ml-api";

  /** The only files of the viewer that are served. */
  private static final Map<String, String> VIEWER =
      Map.of(
          "swagger-ui.css", "text/css",
          "swagger-ui-bundle.js", "text/javascript",
          "swagger-ui-standalone-preset.js", "text/javascript");

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>MATIH ML Service: API</title>
        <link rel="stylesheet" href="/docs/ui/swagger-ui.css">
      </head>
      <body>
        <div id="api"></div>
        <script src="/docs/ui/swagger-ui-bundle.js"></script>
        <script src="/docs/ui/swagger-ui-standalone-preset.js"></script>
        <script src="/docs/ui/start.js"></script>
      </body>
      </html>
      """;

  private static final String START =
      """
      window.ui = SwaggerUIBundle({
        urls: [ENTRIES],
        dom_id: '#api',
        deepLinking: true,
        validatorUrl: null,
        presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
        layout: 'StandaloneLayout'
      });
      """;

  private final Services services;
  private final Forwarder forwarder;
  private final String viewerFolder;

  DocsPage(Services services, Forwarder forwarder) {
    this.services = services;
    this.forwarder = forwarder;
    this.viewerFolder = "META-INF/resources/webjars/swagger-ui/" + viewerVersion() + "/";
  }

  /** True when the path was one of the page's. */
  boolean answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String path = request.getRequestURI();
    if (!request.getMethod().equals("GET") || !path.startsWith("/docs")) {
      return false;
    }
    if (path.equals("/docs") || path.equals("/docs/")) {
      response.setHeader(
          "Content-Security-Policy",
          "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'");
      write(response, "text/html;charset=utf-8", PAGE.getBytes(StandardCharsets.UTF_8));
      return true;
    }
    if (path.equals("/docs/ui/start.js")) {
      write(
          response,
          "text/javascript",
          START.replace("ENTRIES", entries()).getBytes(StandardCharsets.UTF_8));
      return true;
    }
    if (path.startsWith("/docs/ui/")) {
      return viewer(path.substring("/docs/ui/".length()), response);
    }
    if (path.equals("/docs/" + SELF + ".json")) {
      response.setStatus(307);
      response.setHeader("Location", "/v3/api-docs");
      return true;
    }
    Optional<Destination> service =
        Destination.SERVICES.stream()
            .filter(destination -> path.equals("/docs/" + destination.wire() + ".json"))
            .findFirst();
    if (service.isEmpty()) {
      return false;
    }
    forwarder.forward(
        services.upstream(service.get()),
        new Forwarder.Outgoing("/v3/api-docs", Map.of(), 0, Optional.empty()),
        Forwarder.AnswerGuard.NONE,
        request,
        response);
    return true;
  }

  private boolean viewer(String file, HttpServletResponse response) throws IOException {
    String type = VIEWER.get(file);
    if (type == null) {
      return false;
    }
    try (InputStream in =
        DocsPage.class.getClassLoader().getResourceAsStream(viewerFolder + file)) {
      if (in == null) {
        return false;
      }
      response.setContentType(type);
      response.setHeader("Cache-Control", "public, max-age=86400");
      response.setHeader("X-Content-Type-Options", "nosniff");
      in.transferTo(response.getOutputStream());
      return true;
    }
  }

  private static String entries() {
    return Destination.SERVICES.stream()
        .map(Destination::wire)
        .collect(
            Collectors.collectingAndThen(
                Collectors.toList(),
                names -> {
                  names.addFirst(SELF);
                  return names.stream()
                      .map(name -> "{name: '" + name + "', url: '/docs/" + name + ".json'}")
                      .collect(Collectors.joining(", "));
                }));
  }

  private static void write(HttpServletResponse response, String type, byte[] body)
      throws IOException {
    response.setContentType(type);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static String viewerVersion() {
    Properties properties = new Properties();
    try (InputStream in =
        DocsPage.class
            .getClassLoader()
            .getResourceAsStream("META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      if (in == null) {
        throw new IllegalStateException("the API viewer is not on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
