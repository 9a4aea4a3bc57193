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
   * A sign-in link is admitted until it is {@linkplain #spend spent}.
   *
   * @param authorization the header as sent
   * @throws CallerUnknown when the caller stays outside
   * @throws ApiKeys.StoreAway when a key that is not known yet cannot be looked up
   * @throws SignedTokens.IssuerAway when a token cannot be verified now
   */
  public Admission by(@Nullable String authorization) {
    return by(authorization, keys::admit);
  }

  /** Likewise, but a key is looked up now, whatever is known of it, and a link is spent. */
  public Admission afresh(@Nullable String authorization) {
    Admission admission = by(authorization, keys::admitAfresh);
    spend(authorization, admission);
    return admission;
  }

  /**
   * Uses up the sign-in link that a caller has shown; of other credentials nothing is used up. It
   * comes last, so that a call which is refused for another reason leaves the link.
   *
   * @param admission what {@link #by} said of it
   * @throws CallerUnknown when the link was used before
   */
  public void spend(@Nullable String authorization, Admission admission) {
    if (Credential.of(authorization).orElse(null) instanceof Credential.Sealed wrapped) {
      SealedCredentials.Opened opened = open(wrapped);
      if (opened.kind() == SealedCredentials.Kind.LINK
          && !TenantScope.call(admission.tenant(), () -> links.use(opened.id(), opened.until()))) {
        throw new CallerUnknown("The sign-in link was used before; ask for another one.");
      }
    }
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
      case Credential.Sealed wrapped -> by(open(wrapped).authorization(), byKey);
    };
  }

  private SealedCredentials.Opened open(Credential.Sealed wrapped) {
    return sealed
        .open(wrapped.text())
        .orElseThrow(() -> new CallerUnknown("The session or the sign-in link has ended."));
  }
}
