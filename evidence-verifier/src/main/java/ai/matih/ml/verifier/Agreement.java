package ai.matih.ml.verifier;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Whether the reports that came after an approval agree with what was approved. */
final class Agreement {

  private static final String EVALUATION = "platform_evaluation";

  /** The well-known metrics that are better when they are lower. */
  private static final Set<String> MINIMIZED =
      Set.of("logloss", "brier", "rmse", "mse", "mae", "mape");

  private final Contents contents;
  private final JsonNode policy;

  Agreement(Contents contents) {
    this.contents = contents;
    policy = contents.json("policy.json").path("document");
  }

  /** What does not fit about the reports of one approval that stands. */
  void check(JsonNode approval, List<String> wrong) {
    var by = approval.path("approver").asString();
    var basis = approval.path("basis");
    if (!basis.has("reports")) {
      // Of an earlier release: it stands on all of them.
      if (!basis
          .path("evidence")
          .asString("")
          .equals(Hash.sha256(contents.bytes("basis/evidence.txt")))) {
        wrong.add("%s approved another evidence than the one here.".formatted(by));
      }
      return;
    }
    var seen = new HashSet<String>();
    basis.path("reports").forEach(id -> seen.add(id.asString()));
    var there = new TreeMap<>(contents.evidence());
    there.values().removeIf(report -> !seen.contains(report.path("id").asString()));
    if (there.size() != seen.size()) {
      wrong.add("%s approved on reports that are not here.".formatted(by));
    }
    var text = Contents.JSON.writeValueAsString(Meaning.latest(there));
    if (!basis.path("evidence").asString("").equals(Hash.sha256(text))) {
      wrong.add("%s approved another evidence than the reports say.".formatted(by));
    }
    contradictions(by, seen, wrong);
  }

  /** Each report is compared with the one of its kind before it. */
  private void contradictions(String by, Set<String> seen, List<String> wrong) {
    Map<String, JsonNode> before = new HashMap<>();
    contents
        .evidence()
        .forEach(
            (name, report) -> {
              var series = report.path("source").asString() + " " + report.path("kind").asString();
              var earlier =
                  Objects.requireNonNullElse(before.put(series, report), MissingNode.getInstance());
              if (!seen.contains(report.path("id").asString())
                  && (failures(report) > failures(earlier)
                      || !faults(earlier).containsAll(faults(report)))) {
                wrong.add("%s contradicts the approval of %s.".formatted(name, by));
              }
            });
  }

  private static int failures(JsonNode report) {
    var tests = report.path("tests");
    return tests.path("failed").asInt(0) + tests.path("errors").asInt(0);
  }

  private Set<String> faults(JsonNode report) {
    var faults = new TreeSet<String>();
    for (var check : report.path("checks")) {
      if (check.path("outcome").asString("").equals("failed")) {
        faults.add(check.path("name").asString());
      }
    }
    if (report.path("outcome").asString("").equals("failed") && faults.isEmpty()) {
      faults.add("tests failed");
    }
    if (counts(report)) {
      var production = production();
      for (var rule : policy.path("baseline")) {
        var metric = rule.path("metric").asString();
        if (isMissed(rule, metric(report, metric), metric(production, metric))) {
          faults.add(metric);
        }
      }
    }
    return faults;
  }

  /** Whether it is a measurement on the data that the policy names. */
  private boolean counts(JsonNode report) {
    var measured = measured(report);
    return report.path("kind").asString("").equals(EVALUATION)
        && report.path("source").asString("").equals("platform")
        && !measured.isMissingNode()
        && policy
            .at("/evaluation/dataset")
            .asString("")
            .endsWith("@" + measured.path("data_digest").asString())
        && policy.at("/evaluation/target_column").equals(measured.path("target_column"));
  }

  private static JsonNode measured(JsonNode report) {
    for (var check : report.path("checks")) {
      if (check.path("name").asString("").equals("evaluation")
          && check.path("outcome").asString("").equals("passed")) {
        return check.path("measured");
      }
    }
    return MissingNode.getInstance();
  }

  private JsonNode production() {
    JsonNode last = MissingNode.getInstance();
    for (var report : contents.evidenceOfProduction().values()) {
      last = counts(report) ? report : last;
    }
    return last;
  }

  private static JsonNode metric(JsonNode report, String name) {
    var value = measured(report).path("metrics").path(name);
    return value.isNumber() ? value : MissingNode.getInstance();
  }

  private static boolean isMissed(JsonNode rule, JsonNode value, JsonNode production) {
    if (value.isMissingNode()) {
      return true;
    }
    double number = value.asDouble();
    boolean worse =
        rule.has("not_worse_than_production")
            && !production.isMissingNode()
            && worseBy(rule, number, production.asDouble())
                > rule.at("/not_worse_than_production/tolerance").asDouble(0);
    return worse
        || number < rule.path("min").asDouble(Double.NEGATIVE_INFINITY)
        || number > rule.path("max").asDouble(Double.POSITIVE_INFINITY);
  }

  private static double worseBy(JsonNode rule, double value, double production) {
    boolean lowerIsBetter =
        rule.path("direction").asString("").equalsIgnoreCase("minimize")
            || (!rule.has("direction") && MINIMIZED.contains(rule.path("metric").asString()));
    return lowerIsBetter ? value - production : production - value;
  }
}
