package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.security.Caller;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who agrees to something.
 *
 * @param keyMadeBy who made the API key that they use; whoever made a key can use it, whatever name
 *     it speaks in
 */
public record Reviewer(String principal, Optional<String> keyMadeBy) {

  public static Reviewer of(Caller caller) {
    return new Reviewer(caller.principal(), caller.keyMadeBy());
  }

  /** In which way they are too close to a version to agree to its move; empty when they are not. */
  public Optional<String> involvement(Facts facts) {
    return Stream.concat(
            part(principal, facts).map(how -> principal + " " + how).stream(),
            keyMadeBy.stream()
                .filter(maker -> !maker.equals(principal))
                .flatMap(
                    maker ->
                        part(maker, facts)
                            .map(how -> "This key was made by %s, who %s".formatted(maker, how))
                            .stream()))
        .findFirst()
        .or(
            () ->
                principal.startsWith("user:")
                    ? Optional.empty()
                    : Optional.of(principal + " is no person"));
  }

  /** Whether this may be that person. */
  public boolean speaksFor(String somebody) {
    return principal.equals(somebody) || keyMadeBy.filter(somebody::equals).isPresent();
  }

  private static Optional<String> part(String somebody, Facts facts) {
    if (somebody.equals(facts.requester().principal())) {
      return Optional.of("requested the promotion");
    }
    if (facts.version().trainedBy().filter(somebody::equals).isPresent()) {
      return Optional.of("trained the version");
    }
    return somebody.equals(facts.version().registeredBy())
        ? Optional.of("registered the version")
        : Optional.empty();
  }
}
