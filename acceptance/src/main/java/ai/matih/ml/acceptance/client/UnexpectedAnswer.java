package ai.matih.ml.acceptance.client;

/** The door answered something else than the journey needs to go on. */
public final class UnexpectedAnswer extends RuntimeException {

  private final transient Answer answer;

  UnexpectedAnswer(Answer answer, String expected) {
    super(
        "%s answered %d, expected %s: %s"
            .formatted(
                answer.call(),
                answer.status(),
                expected,
                answer.body().length() > 2000
                    ? answer.body().substring(0, 2000) + "…"
                    : answer.body()));
    this.answer = answer;
  }

  public Answer answer() {
    return answer;
  }
}
