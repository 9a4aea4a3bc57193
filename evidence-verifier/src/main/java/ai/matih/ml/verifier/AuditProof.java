package ai.matih.ml.verifier;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whether the audit rows shown stand in the tenant's chain where they say: every row from the first
 * to the last is there as a hash of its content, the rows shown have that content, and the hashes
 * chain to the one that the registry signed.
 */
final class AuditProof {

  private static final String ROWS = "audit/rows.json";
  private static final String CHAIN = "audit/chain.txt";

  private final Contents contents;

  AuditProof(Contents contents) {
    this.contents = contents;
  }

  void check(Report report) {
    if (!contents.has(CHAIN)) {
      report.note("There are no audit rows: all are older than the release that can prove them.");
      return;
    }
    report.check("the audit rows stand in the tenant's chain", this::chain);
    report.check("the audit rows tell of what the documents say", this::story);
  }

  private void chain(List<String> wrong) {
    var lines = contents.text(CHAIN).split("\n", -1);
    var before = lines[0].split(" ", 2);
    long seq = Long.parseLong(before[0]);
    var hash = before[1];
    var audit = contents.json("manifest.json").path("audit");
    if (audit.path("first_seq").asLong() != seq + 1) {
      wrong.add("The chain does not begin where the manifest says.");
    }
    var rows = new ArrayList<JsonNode>();
    contents.json(ROWS).forEach(rows::add);
    int next = 0;
    for (int i = 1; i < lines.length - 1; i++) {
      var line = lines[i].split(" ", 2);
      seq++;
      if (Long.parseLong(line[0]) != seq) {
        wrong.add("The chain has no row " + seq + ".");
        return;
      }
      var previous = hash;
      hash = Hash.ofParts(previous, line[1]);
      if (next < rows.size() && rows.get(next).path("seq").asLong() == seq) {
        row(rows.get(next++), previous, line[1], hash, wrong);
      }
    }
    if (next != rows.size()) {
      wrong.add("Audit row %d is not in the chain.".formatted(rows.get(next).path("seq").asLong()));
    }
    if (audit.path("last_seq").asLong() != seq
        || !audit.path("last_hash").asString("").equals(hash)) {
      wrong.add("The chain does not end at the hash that the manifest signs.");
    }
  }

  private void row(JsonNode row, String previous, String content, String hash, List<String> wrong) {
    var computed =
        Hash.ofParts(
            text(row, "salt"),
            text(row, "tenant"),
            text(row, "seq"),
            text(row, "at"),
            text(row, "principal"),
            text(row, "action"),
            text(row, "target"),
            text(row, "outcome"),
            text(row, "details"));
    if (!computed.equals(content)
        || !text(row, "previous_hash").equals(previous)
        || !text(row, "hash").equals(hash)
        || !row.path("tenant").equals(contents.json("manifest.json").path("tenant"))) {
      wrong.add("Audit row %s is not the one in the chain.".formatted(text(row, "seq")));
    }
  }

  private static String text(JsonNode row, String field) {
    return row.path(field).asString("");
  }

  /** Each act in the documents was recorded when it was done. */
  private void story(List<String> wrong) {
    Set<String> recorded = new HashSet<>();
    for (var row : contents.json(ROWS)) {
      if (text(row, "outcome").equals("done")) {
        var details = Contents.JSON.readTree(text(row, "details"));
        recorded.add(text(row, "action"));
        recorded.add(
            "%s %s %s"
                .formatted(text(row, "action"), text(details, "approver"), text(details, "basis")));
        recorded.add(
            text(row, "action") + " " + text(row, "target") + " " + text(details, "report"));
      }
    }
    var transition = contents.json("transition.json");
    long first = contents.json("manifest.json").path("audit").path("first_seq").asLong();
    var status = text(transition, "status");
    if (!status.equals("pending") && !recorded.contains("transition." + status)) {
      wrong.add("No audit row tells of its end.");
    }
    if (status.equals("completed") && !recorded.contains("stage.changed")) {
      wrong.add("No audit row tells of the change of stage.");
    }
    if (contents.has("override.json")) {
      var state = text(contents.json("override.json"), "state");
      if (!recorded.contains("transition.overridden")) {
        wrong.add("No audit row tells of the override.");
      }
      if (state.equals("confirmed") && !recorded.contains("override.confirmed")) {
        wrong.add("No audit row tells of the confirmation of the override.");
      }
    }
    // A span that was cut at its beginning does not hold what came before.
    if (!recorded.contains("version.registered") && first > 1) {
      return;
    }
    for (var approval : contents.json("approvals.json")) {
      if (!recorded.contains(
          "transition.approved %s %s"
              .formatted(text(approval, "approver"), text(approval.path("basis"), "digest")))) {
        wrong.add(
            "No audit row tells of the approval of %s.".formatted(text(approval, "approver")));
      }
    }
    for (var report : contents.evidence().values()) {
      var row =
          "evidence.recorded models/%s/versions/%s/evidence/%s %s"
              .formatted(
                  text(report, "model_id"),
                  text(report, "version"),
                  text(report, "id"),
                  text(report, "report_digest"));
      if (!recorded.contains(row)) {
        wrong.add("No audit row tells of evidence %s.".formatted(text(report, "id")));
      }
    }
  }
}
