package ai.matih.ml.api.access;

import ai.matih.ml.common.tenant.TenantScope;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets a caller in by whatever credential it shows. */
public final class Admit {

  private final KeyDirectory keys;
  private final SignedTokens tokens;
  private final SealedCredentials sealed;
  private final UsedLinks links;

  public Admit(KeyDirectory keys, SignedTokens tokens, SealedCredentials sealed, UsedLinks links) {
    this.keys = keys;
    this.tokens = tokens;
    this.sealed = sealed;
    this.links = links;
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
      case Credential.Sealed wrapped -> bySealed(wrapped.text(), byKey);
    };
  }

  private Admission bySealed(String text, Function<KeySecret, Optional<Admission>> byKey) {
    SealedCredentials.Opened opened =
        sealed
            .open(text)
            .orElseThrow(() -> new CallerUnknown("The session or the sign-in link has ended."));
    Admission admission = by(opened.authorization(), byKey);
    boolean usable =
        switch (opened.kind()) {
          case SESSION -> true;
          case LINK ->
              TenantScope.call(admission.tenant(), () -> links.use(opened.id(), opened.until()));
        };
    if (!usable) {
      throw new CallerUnknown("The sign-in link was used before; ask for another one.");
    }
    return admission;
  }
}
