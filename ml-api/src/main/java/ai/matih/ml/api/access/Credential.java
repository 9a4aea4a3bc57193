package ai.matih.ml.api.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a caller shows: an API key, a signed token, or one of them wrapped for a browser. */
public sealed interface Credential {

  record Key(KeySecret secret) implements Credential {}

  record Token(String jwt) implements Credential {}

  record Sealed(String text) implements Credential {}

  /** Longer than any token of ours or of a sane provider. */
  int MAX_LENGTH = 8 * 1024;

  /**
   * Reads an {@code Authorization} header: {@code Bearer}, or {@code Basic} with the credential as
   * the password, which is how MLflow and Feast clients send a user name and a password.
   *
   * @return empty when there is none or it has another form
   */
  static Optional<Credential> of(@Nullable String authorization) {
    if (authorization == null || authorization.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int space = authorization.indexOf(' ');
    if (space < 0) {
      return Optional.empty();
    }
    String value = authorization.substring(space + 1).trim();
    return switch (authorization.substring(0, space).toLowerCase(java.util.Locale.ROOT)) {
      case "bearer" -> ofText(value);
      case "basic" -> password(value).flatMap(Credential::ofText);
      default -> Optional.empty();
    };
  }

  private static Optional<Credential> ofText(String text) {
    if (KeySecret.looksLike(text)) {
      return Optional.of(new Key(new KeySecret(text)));
    }
    if (SealedCredentials.looksLike(text)) {
      return Optional.of(new Sealed(text));
    }
    return text.matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+")
        ? Optional.of(new Token(text))
        : Optional.empty();
  }

  private static Optional<String> password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
