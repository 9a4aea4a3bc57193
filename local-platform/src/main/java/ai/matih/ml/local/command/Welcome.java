package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.PlatformState;
import java.io.IOException;

/** What a person needs to know about a running platform. */
final class Welcome {

  private final Home home;
  private final Terminal terminal;

  Welcome(Home home, Terminal terminal) {
    this.home = home;
    this.terminal = terminal;
  }

  void show() throws IOException, InterruptedException {
    var state = PlatformState.read(home.state()).orElseThrow();
    var door = state.address("api");
    terminal.say(
        """

        MATIH ML is at %1$s   (documentation: %1$s/docs)
        Look at it: %4$s
        Admin key of tenant default: %2$s

        Try:
          export KEY=$(cat %2$s)
          curl -H "Authorization: Bearer $KEY" %1$s/api/v1/ml/experiments
          curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
               -d '{"name":"first"}' %1$s/api/v1/ml/experiments
          MLFLOW_TRACKING_URI=%1$s MLFLOW_TRACKING_TOKEN=$KEY %3$s -m mlflow experiments search

        ./ml demo walks a model through its whole life. ./ml status, ./ml logs, ./ml down."""
            .formatted(door, home.adminKey(), state.python(), console(state)));
  }

  /** Signs in by itself, once. Parts alone may have no door that makes the link. */
  private String console(PlatformState state) throws InterruptedException {
    var door = state.address("api");
    try {
      var link = AdminCall.post(home, state, "/api/v1/ml/access/sign-in-links", "");
      return "%s%s   (signs in once, for a quarter of an hour)"
          .formatted(door, Json.MAPPER.readTree(link).path("path").asString());
    } catch (IOException | Refused e) {
      return door + "/console";
    }
  }
}
