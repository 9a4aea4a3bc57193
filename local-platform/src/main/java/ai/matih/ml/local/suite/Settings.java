package ai.matih.ml.local.suite;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.Cache;
import java.nio.file.Path;
import java.util.List;

/**
 * What the supervisor of one platform is started with, kept in its home.
 *
 * @param root the folder of the source tree, where the services' jars lie
 * @param python the interpreter with Ray, MLflow and Feast
 * @param only names of the parts to run with what they need; empty: all
 * @param durable false for tests, whose data need not survive a power cut
 */
public record Settings(
    String home,
    String cache,
    String root,
    String python,
    PlatformPorts ports,
    List<String> only,
    boolean durable) {

  public Settings {
    only = List.copyOf(only);
  }

  public Home homeFolder() {
    return new Home(Path.of(home), new Cache(Path.of(cache)));
  }
}
