package ai.matih.ml.api.console;

import ai.matih.ml.api.access.AccessSettings;
import ai.matih.ml.api.access.Credential;
import ai.matih.ml.api.access.SealedCredentials;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.web.Answers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signing in with a browser. Anybody with a key may, whatever its role. */
@RestController
@RequestMapping("/api/v1/ml/access")
@Tag(name = "access", description = "Who the caller is, and sessions of browsers.")
class SessionController {

  /** Longer cookies are not kept by browsers. */
  private static final int LONGEST_COOKIE = 4000;

  private final SealedCredentials sealed;
  private final AccessSettings settings;
  private final Clock clock;

  SessionController(SealedCredentials sealed, AccessSettings settings, Clock clock) {
    this.sealed = sealed;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Who calls, and what it may do.
   *
   * @param principal whose acts the calls are
   * @param permissions as the API's routes name them
   */
  record CallerView(String tenant, String principal, List<String> roles, List<String> permissions) {

    static CallerView of(Caller caller) {
      return new CallerView(
          caller.tenant().slug(),
          caller.actor(),
          caller.roles().stream().map(Role::wire).sorted().toList(),
          caller.roles().stream()
              .flatMap(role -> role.permissions().stream())
              .map(Permission::toString)
              .distinct()
              .sorted()
              .toList());
    }
  }

  /**
   * A session.
   *
   * @param until when the browser must sign in again
   */
  record SessionView(CallerView caller, Instant until) {}

  /**
   * A link that signs in once.
   *
   * @param path below the door's address
   * @param until when it can no longer be used
   */
  record LinkView(String path, Instant until) {}

  @GetMapping("/caller")
  @Allow({Permission.EXPERIMENTS_READ, Permission.PREDICTIONS_CREATE})
  @Operation(summary = "Who the caller is, and what it may do")
  CallerView caller(Caller caller) {
    return CallerView.of(caller);
  }

  @PostMapping("/sessions")
  @Allow({Permission.EXPERIMENTS_READ, Permission.PREDICTIONS_CREATE})
  @Operation(
      summary = "Begin a session of a browser",
      description =
          "For the key, the token or the sign-in link that the call carries. The answer sets a cookie"
              + " that no script can read; it counts on calls with the header X-Matih-Console only. A"
              + " session ends with its credential, at the latest after eight hours.")
  @Answers(201)
  ResponseEntity<SessionView> begin(
      @Parameter(hidden = true) @RequestAttribute(BrowserSession.SHOWN) String shown,
      HttpServletRequest request,
      Caller caller) {
    Duration life = settings.sessionLife();
    String cookie = sealed(SealedCredentials.Kind.SESSION, lasting(shown), life);
    return ResponseEntity.status(HttpStatus.CREATED)
        .header("Set-Cookie", BrowserSession.cookie(cookie, life, request))
        .header("Cache-Control", "no-store")
        .body(new SessionView(CallerView.of(caller), end(life)));
  }

  @DeleteMapping("/sessions/current")
  @Allow({Permission.EXPERIMENTS_READ, Permission.PREDICTIONS_CREATE})
  @Operation(
      summary = "End the browser's session",
      description = "The browser forgets its cookie. Revoking the key ends all of its sessions.")
  @Answers(204)
  ResponseEntity<Void> end(HttpServletRequest request) {
    return ResponseEntity.noContent()
        .header("Set-Cookie", BrowserSession.cookie("", Duration.ZERO, request))
        .build();
  }

  @PostMapping("/sign-in-links")
  @Allow({Permission.EXPERIMENTS_READ, Permission.PREDICTIONS_CREATE})
  @Operation(
      summary = "Make a link that signs a browser in",
      description = "It works once and for a quarter of an hour, as the caller that asked for it.")
  @Answers(201)
  ResponseEntity<LinkView> link(
      @Parameter(hidden = true) @RequestAttribute(BrowserSession.SHOWN) String shown) {
    if (wrapped(shown).isPresent()) {
      throw notFromABrowser();
    }
    Duration life = settings.linkLife();
    String link = sealed(SealedCredentials.Kind.LINK, shown, life);
    return ResponseEntity.status(HttpStatus.CREATED)
        .header("Cache-Control", "no-store")
        .body(new LinkView("/console/#link=" + link, end(life)));
  }

  /** The credential itself: a session must not make itself live for ever. */
  private String lasting(String shown) {
    return wrapped(shown).map(this::inLink).orElse(shown);
  }

  private String inLink(Credential.Sealed wrapped) {
    return sealed
        .open(wrapped.text())
        .filter(opened -> opened.kind() == SealedCredentials.Kind.LINK)
        .map(SealedCredentials.Opened::authorization)
        .orElseThrow(SessionController::notFromABrowser);
  }

  private static Optional<Credential.Sealed> wrapped(String shown) {
    return Credential.of(shown)
        .filter(Credential.Sealed.class::isInstance)
        .map(Credential.Sealed.class::cast);
  }

  /** A link is as long as its session, so one that is too long is refused when it is asked for. */
  private String sealed(SealedCredentials.Kind kind, String authorization, Duration life) {
    String text = sealed.seal(kind, authorization, life);
    if (text.length() > LONGEST_COOKIE) {
      throw Problem.invalid("Authorization", "the token is too long for a browser's cookie");
    }
    return text;
  }

  private Instant end(Duration life) {
    return clock.instant().plus(life).truncatedTo(ChronoUnit.SECONDS);
  }

  private static Problem notFromABrowser() {
    return new Problem(
        CommonError.FORBIDDEN, "Show the key or the token itself; a session does not do.");
  }
}
