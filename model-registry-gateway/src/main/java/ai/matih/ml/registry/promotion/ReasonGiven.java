package ai.matih.ml.registry.promotion;

import java.util.Optional;

/** The requester says why. */
final class ReasonGiven implements Guard {

  @Override
  public String rule() {
    return "a reason is given";
  }

  @Override
  public Optional<String> neverOverridden(Facts facts) {
    return Optional.of("A reason can always be given.");
  }

  @Override
  public Verdict judge(Facts facts) {
    return facts.reason().filter(reason -> !reason.isBlank()).isPresent()
        ? Verdict.met("Given", "A reason is given.")
        : Verdict.barred("ReasonMissing", "This move needs a reason.");
  }
}
