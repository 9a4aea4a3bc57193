package ai.matih.ml.acceptance.browser;

import ai.matih.ml.acceptance.client.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One page as one person sees it. Acts wait until what they need is there. */
public final class Tab implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Finds what a person would call by a name; the first that is shown. */
  private static final String FINDER =
      """
      window.__violations = [];
      addEventListener('securitypolicyviolation', (e) =>
        window.__violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
      window.__named = (selector, name) => [...document.querySelectorAll(selector)].find((e) =>
        (e.getAttribute('aria-label') ?? e.innerText ?? '').trim().includes(name) && e.checkVisibility());
      window.__field = (label) => [...document.querySelectorAll('label')].find((l) =>
        l.innerText.trim().startsWith(label))?.querySelector('input, select, textarea');
      """;

  private final DevTools tools;
  private final String session;
  private final String context;
  private final List<String> faults = new CopyOnWriteArrayList<>();

  Tab(DevTools tools, String session, String context) {
    this.tools = tools;
    this.session = session;
    this.context = context;
    tools.listen(session, this::heard);
    send("Page.enable", Map.of());
    send("Runtime.enable", Map.of());
    send("Log.enable", Map.of());
    send("Page.addScriptToEvaluateOnNewDocument", Map.of("source", FINDER));
    size(1360, 900);
  }

  public Tab open(URI address) {
    send("Page.navigate", Map.of("url", address.toString()));
    until("the page of " + address, "document.readyState === 'complete'");
    return this;
  }

  public Tab size(int width, int height) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    return this;
  }

  /** Light or dark, as the system of the person has it. */
  public Tab scheme(String scheme) {
    send(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    return this;
  }

  /** Without a network, as when the server is gone. */
  public Tab offline(boolean offline) {
    send("Network.enable", Map.of());
    send(
        "Network.emulateNetworkConditions",
        Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    return this;
  }

  /** Presses a button, a link or a summary by its name. */
  public Tab press(String name) {
    String found = "window.__named('button, a, summary', %s)".formatted(text(name));
    until("something to press: " + name, "!!" + found);
    evaluate(found + ".click()");
    return this;
  }

  /** Writes into a field, by the beginning of its label. */
  public Tab fill(String label, String value) {
    String found = "window.__field(%s)".formatted(text(label));
    until("the field " + label, "!!" + found);
    evaluate(
        """
        (() => { const f = %s; f.value = %s;
          f.dispatchEvent(new Event('input', {bubbles: true}));
          f.dispatchEvent(new Event('change', {bubbles: true})); })()"""
            .formatted(found, text(value)));
    return this;
  }

  /** Waits until the page shows a text. */
  public Tab shows(String words) {
    until("on the page: " + words, "document.body.innerText.includes(%s)".formatted(text(words)));
    return this;
  }

  /** Why a button cannot be pressed; empty when it can. */
  public String whyNot(String button) {
    String found = "window.__named('button', %s)".formatted(text(button));
    until("the button " + button, "!!" + found);
    return evaluate(
            "%1$s.ariaDisabled === 'true' ? %1$s.parentElement.querySelector('.why').innerText : ''"
                .formatted(found))
        .asString();
  }

  public String text() {
    return evaluate("document.body.innerText").asString();
  }

  public String path() {
    return evaluate("location.pathname + location.search").asString();
  }

  /** The value of an expression, which may be a promise. */
  public JsonNode evaluate(String expression) {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits for a condition of the page. */
  public Tab until(String what, String condition) {
    try {
      Await.until(what, PATIENCE, () -> holds(condition), Boolean::booleanValue);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; the page says:\n" + text(), e);
    }
    return this;
  }

  /** A page that is just being replaced holds nothing. */
  private boolean holds(String condition) {
    try {
      return evaluate(condition).asBoolean(false);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Errors of scripts and breaches of the page's security policy so far. */
  public List<String> faults() {
    List<String> all = new ArrayList<>(faults);
    evaluate("window.__violations").forEach(one -> all.add("policy: " + one.asString()));
    return all;
  }

  /** What axe-core finds wrong for people who do not see, or see little. */
  public List<String> barriers(String axe) {
    evaluate(axe + "; undefined");
    JsonNode found =
        evaluate(
            """
            axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(
              r.violations.map((v) => `${v.id}: ${v.help} ${v.nodes.map((n) => n.target).join(' | ')}`)))""");
    List<String> barriers = new ArrayList<>();
    JSON.readTree(found.asString()).forEach(one -> barriers.add(one.asString()));
    return barriers;
  }

  /** A picture of the page from its top, as WebP. */
  public void picture(Path file) {
    int height =
        evaluate("Math.max(900, document.querySelector('main').getBoundingClientRect().height)")
            .asInt();
    size(1360, Math.min(height, 1300));
    String image =
        send("Page.captureScreenshot", Map.of("format", "webp", "quality", 85))
            .get("data")
            .asString();
    size(1360, 900);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    tools.send("", "Target.disposeBrowserContext", Map.of("browserContextId", context));
  }

  private void heard(String event, JsonNode parameters) {
    if (event.equals("Runtime.exceptionThrown")) {
      faults.add("script: " + parameters.path("exceptionDetails").at("/exception/description"));
    } else if (event.equals("Log.entryAdded")
        && parameters.at("/entry/source").asString("").equals("security")) {
      faults.add("security: " + parameters.at("/entry/text").asString(""));
    }
  }

  private JsonNode send(String method, Map<String, ?> parameters) {
    return tools.send(session, method, parameters);
  }

  private static String text(String value) {
    return JSON.writeValueAsString(value);
  }
}
