package ai.matih.ml.verifier;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of a bundle as documents. */
record Contents(Map<String, byte[]> files) {

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  boolean has(String name) {
    return files.containsKey(name);
  }

  JsonNode json(String name) {
    return JSON.readTree(bytes(name));
  }

  String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  byte[] bytes(String name) {
    if (!has(name)) {
      throw new NotABundle("There is no " + name + ".");
    }
    return Objects.requireNonNull(files.get(name));
  }

  /** The reports about the version by their file's name, oldest first. */
  Map<String, JsonNode> evidence() {
    return below("evidence/");
  }

  /** The reports about the version that Production meant. */
  Map<String, JsonNode> evidenceOfProduction() {
    var documents = below("production/");
    documents.remove("production/version.json");
    return documents;
  }

  /** The raw reports by their file's name. */
  Map<String, byte[]> rawReports() {
    var reports = new TreeMap<String, byte[]>(files);
    reports.keySet().removeIf(name -> !name.startsWith("reports/"));
    return reports;
  }

  private Map<String, JsonNode> below(String folder) {
    var documents = new TreeMap<String, JsonNode>();
    files.keySet().stream()
        .filter(name -> name.startsWith(folder))
        .forEach(name -> documents.put(name, json(name)));
    return documents;
  }
}
