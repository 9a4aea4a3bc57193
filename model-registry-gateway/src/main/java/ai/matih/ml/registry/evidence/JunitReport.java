package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.evidence.TestTally.Result;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Counts the tests in a JUnit XML report.
 *
 * <p>Only test cases count; what the report says about its own totals is not believed. A document
 * type is refused, and with it every external or expanding entity.
 */
final class JunitReport {

  static final int MAX_LENGTH = 4 << 20;
  private static final int MAX_DEPTH = 16;
  private static final XMLInputFactory FACTORY = factory();

  private JunitReport() {}

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setXMLResolver(
        (_, _, _, _) -> {
          throw new XMLStreamException("nothing outside of the report is read");
        });
    return factory;
  }

  /**
   * @throws ReportRefused when it is not a JUnit report or breaks a limit
   */
  static TestCounts count(String xml) {
    if (xml.length() > MAX_LENGTH) {
      throw new ReportRefused("A report may have up to %d characters.".formatted(MAX_LENGTH));
    }
    try {
      XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(xml));
      try {
        return count(reader);
      } finally {
        reader.close();
      }
    } catch (XMLStreamException e) {
      throw new ReportRefused("The report is not well-formed XML.");
    }
  }

  private static TestCounts count(XMLStreamReader reader) throws XMLStreamException {
    TestTally tally = new TestTally();
    Deque<String> open = new ArrayDeque<>();
    Result result = Result.PASSED;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.DTD ->
            throw new ReportRefused("A report may not declare a document type.");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new ReportRefused("A report may not use entities of its own.");
        case XMLStreamConstants.START_ELEMENT -> {
          String name = reader.getLocalName();
          if (open.isEmpty() && !name.equals("testsuite") && !name.equals("testsuites")) {
            throw new ReportRefused("A JUnit report begins with testsuites or testsuite.");
          }
          if (open.size() == MAX_DEPTH) {
            throw new ReportRefused("The report is nested deeper than " + MAX_DEPTH + ".");
          }
          if (name.equals("testcase")) {
            result = Result.PASSED;
          } else if ("testcase".equals(open.peek())) {
            result = worse(result, name);
          }
          open.push(name);
        }
        case XMLStreamConstants.END_ELEMENT -> {
          if (open.pop().equals("testcase")) {
            tally.add(result);
          }
        }
        default -> {
          // Text, comments and the like decide nothing.
        }
      }
    }
    return tally.counts();
  }

  /** A test that failed stays failed, whatever else its element holds. */
  private static Result worse(Result result, String element) {
    return switch (element) {
      case "error" -> Result.ERROR;
      case "failure" -> result == Result.ERROR ? result : Result.FAILED;
      case "skipped" -> result == Result.PASSED ? Result.SKIPPED : result;
      default -> result;
    };
  }
}
