package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
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

  void show() throws IOException {
    var state = PlatformState.read(home.state()).orElseThrow();
    var door = state.address("api");
    terminal.say(
        """

        MATIH ML is at %1$s   (documentation: %1$s/docs)
        Admin key of tenant default: %2$s

        Try:
          export KEY=$(cat %2$s)
          curl -H "Authorization: Bearer $KEY" %1$s/api/v1/ml/experiments
          curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
               -d '{"name":"first"}' %1$s/api/v1/ml/experiments
          MLFLOW_TRACKING_URI=%1$s MLFLOW_TRACKING_TOKEN=$KEY %3$s -m mlflow experiments search

        ./ml demo walks a model through its whole life. ./ml status, ./ml logs, ./ml down."""
            .formatted(door, home.adminKey(), state.python()));
  }
}
