package ai.matih.ml.acceptance.demo;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.acceptance.walk.Teller;
import ai.matih.ml.acceptance.walk.WalkResult;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Prints the walk: each step, its HTTP calls and what they answered. */
final class Narrator implements Teller, Door.Listener {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SHORT = 220;
  private static final int BAR = 24;

  private final PrintStream out;
  private final boolean live;
  private final long started = System.nanoTime();
  private int steps;
  private String shown = "";

  /**
   * @param live a person watches on a terminal: colours, and progress that redraws its line
   */
  Narrator(PrintStream out, boolean live) {
    this.out = out;
    this.live = live;
  }

  @Override
  public void step(String title, String why) {
    steps++;
    out.printf("%n%s  %s%n", paint("1", steps + ". " + title), paint("2", clock()));
    out.println("   " + why);
  }

  @Override
  public void called(String method, String path, @Nullable Object body, Answer answer) {
    out.printf(
        "   %s %s %s%n",
        paint("36", "→"), paint("36", method + " " + path), body == null ? "" : shorten(body));
    boolean good = answer.isSuccess();
    out.printf(
        "   %s %s%n",
        paint(good ? "32" : "33", "← " + answer.status()), shorten(withoutSecrets(answer)));
  }

  /** A new key is shown once to who asked for it, not to who watches. */
  private static String withoutSecrets(Answer answer) {
    return answer.body().replaceAll("mlk_[A-Za-z0-9_-]+", "mlk_…");
  }

  @Override
  public void say(String sentence) {
    out.println("   " + paint("1", "•") + " " + sentence);
  }

  @Override
  public void progress(String what, double fraction, String detail) {
    boolean done = fraction >= 1;
    int filled = (int) Math.round(Math.clamp(fraction, 0, 1) * BAR);
    String line =
        "   %s%s %s %s"
            .formatted(
                "█".repeat(filled),
                "░".repeat(BAR - filled),
                what,
                detail.isEmpty() ? "" : "(" + detail + ")");
    if (line.equals(shown)) {
      return;
    }
    shown = line;
    if (live) {
      out.print("\r\u001b[K" + line + (done ? "\n" : ""));
      out.flush();
    } else {
      out.println(line);
    }
  }

  void summary(WalkResult result, URI address, Duration took) {
    out.printf(
        """

        %s in %d min %d s, %d steps, nothing but HTTP.

          model         %s/api/v1/ml/models/%s
          first answer  %s
          canary        %s, %d steps by itself, %d requests of version 2 with %d errors
          A/B test      %s (version 1 announced %d of %d late departures, version 2 %d of %d)
          drift         %s in %s
          stages        %s
          API           %s/docs
          MLflow        export MLFLOW_TRACKING_URI=%s MLFLOW_TRACKING_TOKEN=$(./ml key)   (experiment %s)

        """,
        paint("1;32", "Done"),
        took.toMinutes(),
        took.toSecondsPart(),
        steps,
        address,
        result.model(),
        result.prediction(),
        result.rollout().get("status").asString(),
        result.rollout().get("steps").size(),
        result.rollout().at("/canary/requests").asLong(),
        result.rollout().at("/canary/errors").asLong(),
        result.abTest().get("verdict").asString(),
        result.abTest().at("/control/events").asInt(),
        result.abTest().at("/control/outcomes").asInt(),
        result.abTest().at("/challenger/events").asInt(),
        result.abTest().at("/challenger/outcomes").asInt(),
        result.drift().at("/arms/0/severity").asString(),
        result.drift().at("/arms/0/drifted"),
        result.stages(),
        address,
        address,
        result.experiment());
    whereToLook(address + "/console", result.model());
  }

  void searched(String model, URI address, Duration took) {
    out.printf(
        """

        %1$s in %2$d min %3$d s, %6$d steps, nothing but HTTP.

          model         %4$s/api/v1/ml/models/%5$s
          leaderboard   %4$s/console/training   (sign in with ./ml key, or by the link of ./ml up)

        """,
        paint("1;32", "Done"), took.toMinutes(), took.toSecondsPart(), address, model, steps);
  }

  private void whereToLook(String console, String model) {
    out.printf(
        """
        Where to look (sign in with ./ml key, or by the link of ./ml up):

          data and training          %1$s/datasets/flights   %1$s/training
          the features               %1$s/features
          the model's life           %1$s/models/%2$s
          what was refused and why   %1$s/models/%2$s/transitions
          canary and A/B test        %1$s/models/%2$s/traffic
          drift since training       %1$s/models/%2$s/drift
          who did what               %1$s/models/%2$s/audit

        """,
        console, model);
  }

  void failed(String reason) {
    out.printf(
        "%n%s %s%n   ./ml logs shows what each process said.%n", paint("1;31", "Failed:"), reason);
  }

  private String clock() {
    Duration since = Duration.ofNanos(System.nanoTime() - started);
    return "%d:%02d".formatted(since.toMinutes(), since.toSecondsPart());
  }

  private static String shorten(Object body) {
    String text = body instanceof String plain ? plain : JSON.writeValueAsString(body);
    return text.length() > SHORT ? text.substring(0, SHORT) + "…" : text;
  }

  private String paint(String code, String text) {
    return live ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
