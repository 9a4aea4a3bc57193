package ai.matih.ml.api.door;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Spring Security's own look at a path, after {@link RequestPath}: strict, except for characters of
 * files' names.
 */
final class DoorFirewall implements HttpFirewall {

  private final StrictHttpFirewall strict = new StrictHttpFirewall();
  private final StrictHttpFirewall files = new StrictHttpFirewall();

  DoorFirewall() {
    files.setAllowSemicolon(true);
    files.setAllowUrlEncodedPercent(true);
    files.setAllowUrlEncodedSlash(true);
    files.setAllowUrlEncodedDoubleSlash(true);
    files.setAllowUrlEncodedPeriod(true);
    files.setAllowBackSlash(true);
    files.setAllowUrlEncodedLineFeed(true);
    files.setAllowUrlEncodedCarriageReturn(true);
    files.setAllowUrlEncodedLineSeparator(true);
    files.setAllowUrlEncodedParagraphSeparator(true);
  }

  @Override
  public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
    return (MlflowPaths.isArtifact(request.getRequestURI()) ? files : strict)
        .getFirewalledRequest(request);
  }

  @Override
  public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
    return strict.getFirewalledResponse(response);
  }
}
