package ai.matih.ml.verifier;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import tools.jackson.databind.JsonNode;

/** Counts the tests of a raw report anew, from nothing but the report. */
final class Recount {

  private static final String PASSED = "passed";

  private Recount() {}

  /** How many tests came out how, by the names that evidence has for it. */
  static Map<String, Integer> of(byte[] report, String format) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (var outcome : new String[] {PASSED, "failed", "errors", "skipped"}) {
      counts.put(outcome, 0);
    }
    var text = new String(report, StandardCharsets.UTF_8);
    if (format.equals("junit")) {
      junit(text, counts);
    } else {
      json(text, counts);
    }
    return counts;
  }

  private static void json(String text, Map<String, Integer> counts) {
    for (JsonNode test : Contents.JSON.readTree(text).path("tests")) {
      var outcome = test.path("outcome").asString("").toLowerCase(Locale.ROOT);
      counts.merge(outcome.equals("error") ? "errors" : outcome, 1, Integer::sum);
    }
  }

  /** A document type is not read, nor anything outside of the report. */
  private static void junit(String text, Map<String, Integer> counts) {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      var reader = factory.createXMLStreamReader(new StringReader(text));
      var open = new ArrayDeque<String>();
      var outcome = PASSED;
      while (reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
          throw new NotABundle("a report declares a document type.");
        }
        if (event == XMLStreamConstants.START_ELEMENT) {
          var name = reader.getLocalName();
          if (name.equals("testcase")) {
            outcome = PASSED;
          } else if ("testcase".equals(open.peek())) {
            outcome = worse(outcome, name);
          }
          open.push(name);
        } else if (event == XMLStreamConstants.END_ELEMENT && open.pop().equals("testcase")) {
          counts.merge(outcome, 1, Integer::sum);
        }
      }
    } catch (XMLStreamException e) {
      throw new NotABundle("a report is no XML: " + e.getMessage());
    }
  }

  private static String worse(String outcome, String element) {
    return switch (element) {
      case "error" -> "errors";
      case "failure" -> outcome.equals("errors") ? outcome : "failed";
      case "skipped" -> outcome.equals(PASSED) ? "skipped" : outcome;
      default -> outcome;
    };
  }
}
