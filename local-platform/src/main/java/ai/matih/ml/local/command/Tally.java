package ai.matih.ml.local.command;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Counts of tests by outcome. */
record Tally(int passed, int failed, int skipped) {

  private static final Set<String> REPORT_FOLDERS =
      Set.of("surefire-reports", "failsafe-reports", "pytest-reports");

  static Tally none() {
    return new Tally(0, 0, 0);
  }

  static Tally one(boolean passed) {
    return passed ? new Tally(1, 0, 0) : new Tally(0, 1, 0);
  }

  Tally plus(Tally other) {
    return new Tally(passed + other.passed, failed + other.failed, skipped + other.skipped);
  }

  /** The outcome in the words that people and programs look for. */
  String line() {
    return "%d passed, %d failed, %d skipped".formatted(passed, failed, skipped);
  }

  /** Adds up the JUnit reports below a folder that are not older than the given instant. */
  static Tally reports(Path root, Instant since) throws IOException {
    var sum = none();
    for (var report : find(root)) {
      if (!Files.getLastModifiedTime(report).toInstant().isBefore(since)) {
        sum = sum.plus(read(report));
      }
    }
    return sum;
  }

  private static List<Path> find(Path root) throws IOException {
    var found = new ArrayList<Path>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            var name = folder.getFileName().toString();
            var skip = name.startsWith(".") || name.equals("src") || name.equals("classes");
            return skip && !folder.equals(root)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            var folder = file.getParent();
            if (file.toString().endsWith(".xml")
                && file.getFileName().toString().startsWith("TEST-")
                && folder != null
                && REPORT_FOLDERS.contains(folder.getFileName().toString())) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /**
   * The counts that stand on a report's first suite: each runner writes one suite per file. Nothing
   * behind its start tag is read, because the output of a whole test class may follow in one piece
   * of hundreds of megabytes.
   */
  static Tally read(Path report) throws IOException {
    var factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    try (var content = Files.newInputStream(report)) {
      var xml = factory.createXMLStreamReader(content);
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT
            && xml.getLocalName().equals("testsuite")) {
          var failed = number(xml, "failures") + number(xml, "errors");
          var skipped = number(xml, "skipped");
          return new Tally(number(xml, "tests") - failed - skipped, failed, skipped);
        }
      }
      return none();
    } catch (XMLStreamException e) {
      throw new IOException("Not a test report: " + report, e);
    }
  }

  private static int number(XMLStreamReader suite, String attribute) {
    var text = suite.getAttributeValue(null, attribute);
    return text == null ? 0 : Integer.parseInt(text);
  }
}
