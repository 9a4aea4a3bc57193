package ai.matih.ml.api.access;

import java.util.Optional;

/** Callers that show a signed token instead of a key. */
public interface SignedTokens {

  /** Whoever issues the tokens cannot be asked for its keys; nothing is known about the token. */
  final class IssuerAway extends RuntimeException {
    public IssuerAway(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Empty when the token is not valid here.
   *
   * @throws IssuerAway when that cannot be found out now
   */
  Optional<Admission> admit(String token);
}
