package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.browser.Chromium;
import ai.matih.ml.acceptance.browser.Tab;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;

/** One person in front of the console of the platform under test, with a browser of its own. */
final class Visitor implements AutoCloseable {

  /** Pictures go to the documentation instead of being thrown away. */
  private static final boolean PICTURES = Boolean.getBoolean("matih.pictures");

  private static final Path GALLERY = Path.of("..", "docs", "console");

  private final Tab tab;

  private Visitor(Tab tab) {
    this.tab = tab;
  }

  /** Tests of the console are skipped, by name, where no browser is installed. */
  static void assumeBrowser() {
    Assumptions.assumeTrue(
        Chromium.installed().isPresent(),
        "needs Chromium: apt install chromium, or MATIH_CHROMIUM names a program");
  }

  /** Somebody who is not signed in, at an address of the console. */
  static Visitor at(Chromium browser, String path) {
    Visitor visitor = new Visitor(browser.tab());
    visitor.goTo(path);
    return visitor;
  }

  /** Somebody who signs in with a key. */
  static Visitor with(Chromium browser, String key, String path) {
    Visitor visitor = at(browser, path);
    visitor.signIn(key);
    return visitor;
  }

  Visitor signIn(String key) {
    tab.fill("API key", key).press("Sign in").shows("Sign out");
    return this;
  }

  Visitor goTo(String path) {
    tab.open(address(path));
    return this;
  }

  static URI address(String path) {
    return RunningPlatform.admin().base().resolve("/console" + path);
  }

  Tab tab() {
    return tab;
  }

  /** No script failed and the page kept to its security policy. */
  Visitor sawNoFault() {
    assertThat(tab.faults()).isEmpty();
    return this;
  }

  /** Nothing stands in the way of people who do not see, or see little. */
  Visitor meetsNoBarrier() {
    assertThat(tab.barriers(axe())).as(tab.path()).isEmpty();
    return this;
  }

  /** The view as it looks by day and by night. */
  Visitor picture(String name) {
    if (PICTURES) {
      for (String scheme : new String[] {"light", "dark"}) {
        tab.scheme(scheme);
        tab.picture(GALLERY.resolve(name + "-" + scheme + ".webp"));
      }
      tab.scheme("light");
    }
    return this;
  }

  @Override
  public void close() {
    tab.close();
  }

  private static String axe() {
    try (InputStream version = resource("META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
      Properties properties = new Properties();
      properties.load(version);
      String folder = "META-INF/resources/webjars/axe-core/" + properties.getProperty("version");
      try (InputStream script = resource(folder + "/axe.min.js")) {
        return new String(script.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream found = Visitor.class.getClassLoader().getResourceAsStream(name);
    if (found == null) {
      throw new IOException(name + " is not on the class path");
    }
    return found;
  }
}
