package ai.matih.ml.api.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers all below {@code /console}: files at their addresses, the page at every other, since the
 * page itself reads from the address what to show. Nothing there needs a credential.
 */
final class ConsolePages extends OncePerRequestFilter {

  private final Assets assets;
  private final String policy;

  ConsolePages(Assets assets) {
    this.assets = assets;
    this.policy =
        "default-src 'none'; script-src 'self' 'sha256-"
            + assets.importMapHash()
            + "'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types lit-html";
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getRequestURI();
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    if (path.equals("/") || path.equals("/console")) {
      response.setStatus(HttpServletResponse.SC_FOUND);
      response.setHeader("Location", Assets.ROOT);
      return;
    }
    Optional<Assets.Asset> file = assets.at(path);
    if (file.isPresent()) {
      response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
      send(file.get(), request, response);
    } else if (isFileOfAnotherRelease(path)) {
      response.setHeader("Cache-Control", "no-store");
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
    } else {
      response.setHeader("Content-Security-Policy", policy);
      response.setHeader("Cache-Control", "no-cache");
      send(assets.page(), request, response);
    }
  }

  private static boolean isFileOfAnotherRelease(String path) {
    return path.matches("/console/[0-9a-f]{16}/.*");
  }

  private static void send(
      Assets.Asset asset, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("ETag", asset.etag());
    response.setHeader("Vary", "Accept-Encoding");
    if (asset.etag().equals(request.getHeader("If-None-Match"))) {
      response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
      return;
    }
    response.setContentType(asset.type());
    String accepted = request.getHeader("Accept-Encoding");
    boolean gzip = accepted != null && accepted.contains("gzip");
    if (gzip) {
      response.setHeader("Content-Encoding", "gzip");
    }
    byte[] body = asset.body(gzip);
    response.setContentLength(body.length);
    if (request.getMethod().equals("GET")) {
      response.getOutputStream().write(body);
    }
  }
}
