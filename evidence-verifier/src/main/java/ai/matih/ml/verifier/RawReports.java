package ai.matih.ml.verifier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whether the reports in a bundle are the very ones that its evidence was counted from, and say
 * what it says. One that is not there has to be named in the manifest, with the reason.
 */
final class RawReports {

  private final Contents contents;

  RawReports(Contents contents) {
    this.contents = contents;
  }

  void check(Report report) {
    Map<String, String> leftOut = new HashMap<>();
    contents
        .json("manifest.json")
        .path("not_included")
        .forEach(
            missing -> {
              leftOut.put(missing.path("sha256").asString(""), missing.path("what").asString(""));
              report.note(
                  "Not included: %s (%s) %s"
                      .formatted(
                          missing.path("what").asString(),
                          missing.path("sha256").asString(),
                          missing.path("why").asString()));
            });
    report.check(
        "every raw report is the one that its evidence names",
        wrong -> named(leftOut.keySet(), wrong));
    report.check("the reports, counted again, say what their evidence says", this::counted);
  }

  private void named(Set<String> leftOut, List<String> wrong) {
    Map<String, Long> there = new HashMap<>();
    contents
        .rawReports()
        .forEach(
            (name, content) -> {
              var digest = Hash.sha256(content);
              there.put(digest, (long) content.length);
              if (!name.replaceAll("^reports/|\\.[a-z]+$", "")
                  .equals(digest.substring("sha256:".length()))) {
                wrong.add(name + " has another content than its name says.");
              }
            });
    var used = new HashSet<String>();
    for (var evidence : evidence()) {
      var digest = evidence.path("report_digest").asString("");
      used.add(digest);
      if (!evidence.has("report_bytes")
          || (!there.containsKey(digest) && leftOut.contains(digest))) {
        continue;
      }
      if (!there.containsKey(digest)) {
        wrong.add(
            "The report behind evidence %s is not here, and the manifest does not say why."
                .formatted(evidence.path("id").asString()));
      } else if (evidence.path("report_bytes").asLong(-1) != there.get(digest)) {
        wrong.add(
            "The report behind evidence %s has another size."
                .formatted(evidence.path("id").asString()));
      }
    }
    there.keySet().stream()
        .filter(digest -> !used.contains(digest))
        .forEach(digest -> wrong.add("No evidence was counted from the report " + digest + "."));
  }

  private void counted(List<String> wrong) {
    Map<String, byte[]> reports = new HashMap<>();
    contents.rawReports().values().forEach(content -> reports.put(Hash.sha256(content), content));
    for (var evidence : evidence()) {
      var report = reports.get(evidence.path("report_digest").asString(""));
      if (report == null) {
        continue;
      }
      Recount.of(report, evidence.path("format").asString())
          .forEach(
              (outcome, count) -> {
                int said = evidence.path("tests").path(outcome).asInt(0);
                if (said != count) {
                  wrong.add(
                      "Evidence %s says %d %s, and its report %d."
                          .formatted(evidence.path("id").asString(), said, outcome, count));
                }
              });
    }
  }

  private List<JsonNode> evidence() {
    var all = new ArrayList<>(contents.evidence().values());
    all.addAll(contents.evidenceOfProduction().values());
    return all;
  }
}
