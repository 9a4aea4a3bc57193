package ai.matih.ml.api.access;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets a caller in by whatever credential it shows. */
public final class Admit {

  private final KeyDirectory keys;
  private final SignedTokens tokens;

  public Admit(KeyDirectory keys, SignedTokens tokens) {
    this.keys = keys;
    this.tokens = tokens;
  }

  /**
   * @param authorization the header as sent
   * @throws CallerUnknown when the caller stays outside
   * @throws ApiKeys.StoreAway when a key that is not known yet cannot be looked up
   * @throws SignedTokens.IssuerAway when a token cannot be verified now
   */
  public Admission by(@Nullable String authorization) {
    return by(authorization, keys::admit);
  }

  /** Likewise, but a key is looked up now, whatever is known of it. */
  public Admission afresh(@Nullable String authorization) {
    return by(authorization, keys::admitAfresh);
  }

  private Admission by(
      @Nullable String authorization, Function<KeySecret, Optional<Admission>> byKey) {
    if (authorization == null) {
      throw new CallerUnknown("Send an API key or a token: Authorization: Bearer <key>.");
    }
    Credential credential =
        Credential.of(authorization)
            .orElseThrow(
                () -> new CallerUnknown("The Authorization header has no key and no token."));
    return switch (credential) {
      case Credential.Key key ->
          byKey
              .apply(key.secret())
              .orElseThrow(() -> new CallerUnknown("The API key is unknown, expired or revoked."));
      case Credential.Token token ->
          tokens
              .admit(token.jwt())
              .orElseThrow(() -> new CallerUnknown("The token is not valid here."));
    };
  }
}
