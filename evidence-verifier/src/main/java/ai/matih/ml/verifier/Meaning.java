package ai.matih.ml.verifier;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Whether the documents of a bundle agree with each other and with the rules of approval. */
final class Meaning {

  private static final String PRODUCTION = "production/version.json";
  private static final String OVERRIDE = "override.json";
  private static final Set<String> OPEN = Set.of("met", "not_applicable");

  private final Contents contents;

  Meaning(Contents contents) {
    this.contents = contents;
  }

  void check(Report report) {
    if (contents.has(OVERRIDE)) {
      var override = contents.json(OVERRIDE);
      report.note(
          "%s overrode the gate: %s (%s)."
              .formatted(
                  override.path("by").asString(),
                  override.path("reason").asString(),
                  override.path("state").asString().replace('_', ' ')));
    }
    report.check("all documents speak of one model, version and transition", this::oneSubject);
    report.check("the version's digest is the one of its files", this::digest);
    report.check("every report is about these files", this::reports);
    report.check("the texts that approvals bind to are those of the documents", this::basis);
    report.check(
        "approvals that stand agree to this, and no later report contradicts", this::approvals);
    report.check("nobody approved who asked for, trained or registered it", this::fourEyes);
    report.check("an override was confirmed by somebody else", this::override);
    report.check("conditions name reports that are here", this::conditions);
    report.check("it was completed only when nothing stood in its way", this::completion);
    report.check("the stages follow each other", this::stages);
  }

  private JsonNode transition() {
    return contents.json("transition.json");
  }

  private void oneSubject(List<String> wrong) {
    var manifest = contents.json("manifest.json");
    var transition = transition();
    same(wrong, "transition", manifest.path("transition_id"), transition.path("id"));
    same(wrong, "status", manifest.path("status"), transition.path("status"));
    for (var name : List.of("transition.json", "version.json")) {
      same(wrong, name, manifest.path("model_id"), contents.json(name).path("model_id"));
      same(wrong, name, manifest.path("version"), contents.json(name).path("version"));
    }
    var policy = contents.json("policy.json");
    same(wrong, "policy.json", manifest.path("model_id"), policy.path("model_id"));
    same(wrong, "policy.json", transition.path("policy_revision"), policy.path("revision"));
  }

  private static void same(List<String> wrong, String what, JsonNode one, JsonNode other) {
    if (one.isMissingNode() || !one.equals(other)) {
      wrong.add("%s: %s is not %s.".formatted(what, other, one));
    }
  }

  private void digest(List<String> wrong) {
    digest("version.json", wrong);
    if (contents.has(PRODUCTION)) {
      digest(PRODUCTION, wrong);
      same(
          wrong,
          PRODUCTION,
          transition().path("model_id"),
          contents.json(PRODUCTION).path("model_id"));
    }
  }

  private void digest(String name, List<String> wrong) {
    var version = contents.json(name);
    var files = new HashMap<String, String>();
    version.path("files").forEachEntry((path, sha) -> files.put(path, sha.asString()));
    if (!version.path("digest").asString("").equals(Hash.ofFiles(files))) {
      wrong.add(name + ": its files do not make its digest.");
    }
  }

  private void reports(List<String> wrong) {
    reports(contents.evidence(), "version.json", wrong);
    if (contents.has(PRODUCTION)) {
      reports(contents.evidenceOfProduction(), PRODUCTION, wrong);
    }
  }

  private void reports(Map<String, JsonNode> reports, String about, List<String> wrong) {
    var version = contents.json(about);
    reports.forEach(
        (name, report) -> {
          same(wrong, name, version.path("digest"), report.path("artifact_digest"));
          same(wrong, name, version.path("version"), report.path("version"));
          same(wrong, name, version.path("model_id"), report.path("model_id"));
        });
  }

  private void basis(List<String> wrong) {
    var policy = contents.json("policy.json");
    var text = contents.text("basis/policy.txt").split(" ", 2);
    if (!text[0].equals(policy.path("revision").asString())
        || !withoutNulls(Contents.JSON.readTree(text[1])).equals(policy.path("document"))) {
      wrong.add("basis/policy.txt is not the policy of policy.json.");
    }
    var stated = new TreeMap<String, String>();
    contents
        .json("basis/evidence.txt")
        .forEachEntry((key, value) -> stated.put(key, value.asString()));
    if (!stated.equals(latest(contents.evidence()))) {
      wrong.add("basis/evidence.txt is not what the reports say.");
    }
  }

  /** The latest report of each series, as approvals bind to it. */
  static Map<String, String> latest(Map<String, JsonNode> reports) {
    var latest = new TreeMap<String, String>();
    for (var report : reports.values()) {
      var tests = report.path("tests");
      latest.put(
          upper(report, "source") + " " + report.path("kind").asString(),
          "%s TestCounts[passed=%d, failed=%d, errors=%d, skipped=%d] %s %s"
              .formatted(
                  upper(report, "outcome"),
                  tests.path("passed").asInt(),
                  tests.path("failed").asInt(),
                  tests.path("errors").asInt(),
                  tests.path("skipped").asInt(),
                  report.path("artifact_digest").asString(),
                  report.path("report_digest").asString()));
    }
    return latest;
  }

  private static String upper(JsonNode report, String field) {
    return report.path(field).asString().toUpperCase(Locale.ROOT);
  }

  private static JsonNode withoutNulls(JsonNode node) {
    if (node.isObject()) {
      var kept = Contents.JSON.createObjectNode();
      node.forEachEntry(
          (name, value) -> {
            if (!value.isNull()) {
              kept.set(name, withoutNulls(value));
            }
          });
      return kept;
    }
    if (node.isArray()) {
      var kept = Contents.JSON.createArrayNode();
      node.forEach(item -> kept.add(withoutNulls(item)));
      return kept;
    }
    return node;
  }

  private void approvals(List<String> wrong) {
    var artifact = contents.json("version.json").path("digest").asString();
    var policy = Hash.sha256(contents.bytes("basis/policy.txt"));
    var agreement = new Agreement(contents);
    for (var approval : contents.json("approvals.json")) {
      var by = approval.path("approver").asString();
      var basis = approval.path("basis");
      var digest =
          Hash.sha256(
              "%s\n%s\n%s\n"
                  .formatted(
                      basis.path("artifact").asString(),
                      basis.path("policy").asString(),
                      basis.path("evidence").asString()));
      if (!basis.path("digest").asString("").equals(digest)) {
        wrong.add("The approval of %s has a digest that its parts do not make.".formatted(by));
      }
      if (approval.has("voided")) {
        continue;
      }
      Map.of("artifact", artifact, "policy", policy)
          .forEach(
              (part, now) -> {
                if (!basis.path(part).asString("").equals(now)) {
                  wrong.add("%s approved another %s than the one here.".formatted(by, part));
                }
              });
      agreement.check(approval, wrong);
    }
  }

  private void fourEyes(List<String> wrong) {
    var version = contents.json("version.json");
    Map<String, String> involved = new HashMap<>();
    involved.put(version.path("registered_by").asString(""), "registered it");
    involved.put(version.path("trained_by").asString(""), "trained it");
    involved.put(transition().path("requested_by").asString(""), "asked for it");
    involved.remove("");
    for (var approval : contents.json("approvals.json")) {
      var by = approval.path("approver").asString("");
      if (involved.containsKey(by)) {
        wrong.add("%s approved and %s.".formatted(by, involved.get(by)));
      }
      var maker = approval.path("key_made_by").asString("");
      if (involved.containsKey(maker)) {
        wrong.add("%s made the key of %s and %s.".formatted(maker, by, involved.get(maker)));
      }
      if (!by.startsWith("user:")) {
        wrong.add("%s approved and is no person.".formatted(by));
      }
    }
  }

  private void override(List<String> wrong) {
    if (!contents.has(OVERRIDE)) {
      return;
    }
    var override = contents.json(OVERRIDE);
    if (override.path("state").asString("").equals("confirmed")
        && override.path("settled").path("by").equals(override.path("by"))) {
      wrong.add("%s confirmed their own override.".formatted(override.path("by").asString()));
    }
  }

  private void conditions(List<String> wrong) {
    var known = new HashSet<String>();
    contents.evidence().values().forEach(report -> known.add(report.path("id").asString()));
    contents
        .evidenceOfProduction()
        .values()
        .forEach(report -> known.add(report.path("id").asString()));
    for (var condition : transition().path("conditions")) {
      for (var id : condition.path("evidence")) {
        if (!known.contains(id.asString())) {
          wrong.add(
              "%s rests on evidence %s, which is not here."
                  .formatted(condition.path("type").asString(), id.asString()));
        }
      }
    }
  }

  private void completion(List<String> wrong) {
    var transition = transition();
    if (!transition.path("status").asString("").equals("completed")) {
      return;
    }
    var approvers = new HashSet<String>();
    for (var approval : contents.json("approvals.json")) {
      if (!approval.has("voided")) {
        approvers.add(approval.path("approver").asString());
      }
    }
    int needed =
        contents.json("policy.json").path("document").path("approvals").path("needed").asInt(1);
    var skipped = new HashSet<String>();
    if (contents.has(OVERRIDE)) {
      var override = contents.json(OVERRIDE);
      same(wrong, OVERRIDE, transition.path("id"), override.path("transition_id"));
      override.path("skipped").forEach(one -> skipped.add(one.path("type").asString()));
    }
    for (var condition : transition.path("conditions")) {
      var type = condition.path("type").asString();
      var status = condition.path("status").asString();
      if (!OPEN.contains(status) && !skipped.contains(type)) {
        wrong.add("%s was %s when it completed.".formatted(type, status));
      }
      if (type.equals("ApprovedByOthers") && status.equals("met") && approvers.size() < needed) {
        wrong.add("%d of %d approvals stand.".formatted(approvers.size(), needed));
      }
    }
  }

  private void stages(List<String> wrong) {
    var until = new HashMap<Integer, String>();
    for (var period : contents.json("stages.json")) {
      int version = period.path("version").asInt();
      var before = until.get(version);
      if (before != null && !before.equals(period.path("from").asString())) {
        wrong.add("Version %d has a gap between two stages at %s.".formatted(version, before));
      }
      until.put(version, period.path("until").asString("no end"));
    }
    if (transition().path("status").asString("").equals("completed")) {
      var id = transition().path("id");
      boolean moved = false;
      for (var period : contents.json("stages.json")) {
        moved |=
            period.path("transition_id").equals(id)
                && period.path("version").equals(transition().path("version"))
                && Objects.equals(period.path("stage"), transition().path("target_stage"));
      }
      if (!moved) {
        wrong.add("No stage begins by this transition although it completed.");
      }
    }
  }
}
