package ai.matih.ml.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A chart's README: its introduction, and the table of all values, read from the comments in {@code
 * values.yaml}.
 */
record Reference(Chart chart) {

  /** One value: its path, its default as people write it, what it means. */
  record Row(String path, String fallback, String meaning) {}

  private static final Pattern LINE = Pattern.compile("^( *)([A-Za-z][A-Za-z0-9-]*):(?: (.*))?$");
  private static final String MARK = "<!-- values -->";

  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    Deque<String> path = new ArrayDeque<>();
    StringBuilder comment = new StringBuilder();
    JsonNode values = chart.yaml("values.yaml");
    boolean inList = false;
    for (String line : chart.text("values.yaml").split("\n")) {
      Matcher matcher = LINE.matcher(line);
      if (line.strip().startsWith("#")) {
        comment.append(comment.isEmpty() ? "" : " ").append(line.strip().substring(1).strip());
      } else if (line.isBlank()) {
        comment.setLength(0);
      } else if (line.strip().startsWith("- ")) {
        inList = true;
      } else if (matcher.matches()) {
        int depth = matcher.group(1).length() / 2;
        if (inList && depth > path.size() - 1) {
          continue;
        }
        inList = false;
        while (path.size() > depth) {
          path.removeLast();
        }
        path.addLast(matcher.group(2));
        JsonNode value = values.at("/" + String.join("/", path));
        if (path.contains("resources") && !matcher.group(2).equals("resources")) {
          continue;
        }
        // Requests and limits are one value.
        boolean branch =
            matcher.group(3) == null && value.isObject() && !matcher.group(2).equals("resources");
        if (!branch) {
          rows.add(new Row(String.join(".", path), text(value), comment.toString()));
        }
        comment.setLength(0);
      }
    }
    return rows;
  }

  private static String text(JsonNode value) {
    if (value.isString()) {
      return value.asString("").isEmpty() ? "" : "`" + value.asString("") + "`";
    }
    return "`" + value.toString().replace("|", "\\|") + "`";
  }

  String readme() {
    StringBuilder table = new StringBuilder();
    table.append(chart.text("README.md.tmpl").stripTrailing()).append('\n');
    StringBuilder rows = new StringBuilder("| value | default | meaning |\n|---|---|---|\n");
    for (Row row : rows()) {
      rows.append("| `%s` | %s | %s |\n".formatted(row.path(), row.fallback(), row.meaning()));
    }
    return table.toString().replace(MARK + "\n", rows);
  }

  void write() {
    try {
      Files.writeString(chart.file("README.md"), readme());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
