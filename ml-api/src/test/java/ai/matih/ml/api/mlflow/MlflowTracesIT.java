package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.api.RunningDoor.Answer;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Traces, assessments and evaluation data sets of MLflow's own client, and who sees them. */
class MlflowTracesIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String V3 = "/api/3.0/mlflow/";

  private final RunningDoor door = RunningDoor.get();

  /** What the documentation of MLflow does with traces; prints the ids at the end. */
  private static final String SCRIPT =
      """
      import os
      import mlflow
      from mlflow.entities import AssessmentSource, AssessmentSourceType

      if os.environ["EXPERIMENT"]:
          mlflow.set_experiment(os.environ["EXPERIMENT"])

      @mlflow.trace(name="inner", span_type="TOOL")
      def inner(x):
          return {"doubled": x * 2}

      @mlflow.trace(name="outer")
      def outer(x):
          mlflow.update_current_trace(tags={"team": "crm"}, metadata={"note": "ü"})
          return inner(x)

      with mlflow.start_run() as run:
          outer(21)
      trace_id = mlflow.get_last_active_trace_id()
      mlflow.flush_trace_async_logging()
      experiment = run.info.experiment_id

      trace = mlflow.get_trace(trace_id)
      assert [s.name for s in trace.data.spans] == ["outer", "inner"], trace.data
      assert trace.data.spans[1].outputs == {"doubled": 42}
      assert trace.info.experiment_id == experiment, trace.info
      assert trace.info.tags["team"] == "crm" and trace.info.trace_metadata["note"] == "ü"
      found = mlflow.search_traces(
          locations=[experiment], filter_string="tags.team = 'crm'", return_type="list"
      )
      assert [t.info.trace_id for t in found] == [trace_id], found
      assert found[0].data.spans[1].outputs == {"doubled": 42}
      assert [t.info.trace_id for t in mlflow.search_traces(
          locations=[experiment], run_id=run.info.run_id, return_type="list")] == [trace_id]
      print("traced")

      client = mlflow.MlflowClient()
      client.set_trace_tag(trace_id, "state", "read")
      client.set_trace_tag(trace_id, "gone", "soon")
      client.delete_trace_tag(trace_id, "gone")
      tags = client.get_trace(trace_id).info.tags
      assert tags["state"] == "read" and "gone" not in tags, tags
      human = AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id="alice")
      said = mlflow.log_feedback(trace_id=trace_id, name="right", value=True, source=human)
      mlflow.log_expectation(trace_id=trace_id, name="answer", value=42, source=human)
      mlflow.update_assessment(
          trace_id, said.assessment_id, mlflow.entities.Feedback(name="right", value=False)
      )
      assert mlflow.get_assessment(trace_id, said.assessment_id).value is False
      extra = mlflow.log_feedback(trace_id=trace_id, name="wrong", value=1, source=human)
      mlflow.delete_assessment(trace_id, extra.assessment_id)
      names = {a.name for a in mlflow.get_trace(trace_id).info.assessments}
      assert names == {"right", "answer"}, names
      print("assessed")

      from mlflow.genai import datasets
      made = datasets.create_dataset(
          name="questions", experiment_id=[experiment], tags={"stage": "first"}
      )
      made.merge_records(
          [{"inputs": {"q": "ü?"}, "expectations": {"a": "1"}}, {"inputs": {"q": "2?"}}]
      )
      made.merge_records(mlflow.search_traces(locations=[experiment]))
      again = datasets.get_dataset(dataset_id=made.dataset_id)
      assert len(again.to_df()) == 3, again.to_df()
      assert list(again.experiment_ids) == [experiment], again.experiment_ids
      again.delete_records([again.to_df()["dataset_record_id"][0]])
      assert len(datasets.get_dataset(dataset_id=made.dataset_id).to_df()) == 2
      datasets.set_dataset_tags(dataset_id=made.dataset_id, tags={"stage": "second", "x": "y"})
      datasets.delete_dataset_tag(dataset_id=made.dataset_id, key="x")
      listed = datasets.search_datasets(
          experiment_ids=[experiment], filter_string="tags.stage = 'second'"
      )
      assert [d.dataset_id for d in listed] == [made.dataset_id], listed
      second = mlflow.create_experiment("second")
      datasets.add_dataset_to_experiments(dataset_id=made.dataset_id, experiment_ids=[second])
      now = datasets.get_dataset(dataset_id=made.dataset_id)
      assert sorted(now.experiment_ids) == sorted([experiment, second]), now.experiment_ids
      datasets.remove_dataset_from_experiments(
          dataset_id=made.dataset_id, experiment_ids=[second]
      )
      gone = datasets.create_dataset(name="gone", experiment_id=[experiment])
      datasets.delete_dataset(dataset_id=gone.dataset_id)
      assert len(datasets.search_datasets(experiment_ids=[experiment])) == 1
      print("evaluated")

      outer(1)
      mlflow.flush_trace_async_logging()
      other = mlflow.get_last_active_trace_id()
      assert client.delete_traces(experiment_id=experiment, trace_ids=[other]) == 1
      assert len(mlflow.search_traces(locations=[experiment], return_type="list")) == 1
      location = trace.info.tags["mlflow.artifactLocation"].replace("mlflow-artifacts:/", "")
      print("IDS", experiment, run.info.run_id, trace_id, said.assessment_id, made.dataset_id,
            now.to_df()["dataset_record_id"][0], location)
      """;

  /** What one tenant has. */
  private record Owned(
      String key,
      String experiment,
      String run,
      String trace,
      String assessment,
      String dataset,
      String record,
      String files) {}

  private Owned made(Path folder, String experiment) throws Exception {
    String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    String output =
        PythonClient.run(
            door.address(),
            folder,
            SCRIPT,
            Map.of("MLFLOW_TRACKING_TOKEN", key, "EXPERIMENT", experiment));
    assertThat(output).contains("traced", "assessed", "evaluated");
    String[] ids =
        output.substring(output.indexOf("IDS ")).lines().findFirst().orElseThrow().split(" ", -1);
    return new Owned(key, ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "notebook"})
  void the_client_traces_assesses_and_keeps_questions(String experiment, @TempDir Path folder)
      throws Exception {
    assertThat(made(folder, experiment).experiment().equals("0")).isEqualTo(experiment.isEmpty());
  }

  /** Every call of the table, so that a new one is tried too. */
  @Test
  void no_call_reaches_what_another_tenant_has(@TempDir Path folder) throws Exception {
    Owned owner = made(folder, "notebook");
    String stranger = door.key(door.freshTenant(), "admin", "user:mallory");
    String before = state(owner);
    List<String> reached = new ArrayList<>();
    List<MlflowCall> calls =
        MlflowCall.table().stream()
            .filter(call -> call.address().matches(".*/(traces|datasets)(/.*)?"))
            .toList();
    assertThat(calls).hasSizeGreaterThan(30);
    for (MlflowCall call : calls) {
      Answer answer = send(stranger, call, owner);
      boolean nothing =
          answer.status() == 404
              || (answer.status() == 200 && NOTHING.contains(answer.text().replaceAll("\\s", "")));
      if (!nothing) {
        reached.add(call.method() + " " + call.address() + " " + answer.text());
      }
    }
    assertThat(reached).isEmpty();
    for (String path : List.of(owner.files(), owner.files() + "/traces.json")) {
      assertThat(door.get(stranger, "/api/2.0/mlflow-artifacts/artifacts?path=" + path).status())
          .isEqualTo(404);
      assertThat(door.get(stranger, "/api/2.0/mlflow-artifacts/artifacts/" + path).status())
          .isEqualTo(404);
      assertThat(put(stranger, path).status()).isEqualTo(404);
    }
    assertThat(state(owner)).isEqualTo(before);
  }

  /** Answers that tell nothing. */
  private static final List<String> NOTHING =
      List.of(
          "{}",
          "{\"traces\":[]}",
          "{\"trace_infos\":[]}",
          "{\"datasets\":[]}",
          "{\"data_points\":[{\"metric_name\":\"trace_count\",\"values\":{\"COUNT\":0.0}}]}",
          "{\"filter1_count\":0,\"filter2_count\":0,\"joint_count\":0,\"total_count\":0}",
          "{\"traces_deleted\":0}",
          "{\"deleted_count\":0}");

  private String state(Owned owner) {
    return Stream.of(
            door.get(owner.key(), V3 + "traces/" + owner.trace()),
            door.get(owner.key(), V3 + "datasets/" + owner.dataset()),
            door.get(owner.key(), V3 + "datasets/" + owner.dataset() + "/records"),
            door.get(owner.key(), V3 + "datasets/" + owner.dataset() + "/experiment-ids"),
            door.get(
                owner.key(),
                "/api/2.0/mlflow-artifacts/artifacts/" + owner.files() + "/traces.json"))
        .map(
            answer -> {
              assertThat(answer.status()).as(answer.text()).isEqualTo(200);
              return answer.text();
            })
        .collect(Collectors.joining("\n"));
  }

  private Answer send(String key, MlflowCall call, Owned owner) {
    String path =
        call.address()
            .replace("{request_id}", owner.trace())
            .replace("{trace_id}", owner.trace())
            .replace("{assessment_id}", owner.assessment())
            .replace("{dataset_id}", owner.dataset())
            .replace("{key}", "stage");
    if (call.method().equals("GET")) {
      String query =
          values(owner).entrySet().stream()
              .filter(value -> call.fields().containsKey(value.getKey()))
              .map(value -> value.getKey() + "=" + first(value.getValue()))
              .collect(Collectors.joining("&"));
      return door.get(key, path + "?" + query);
    }
    var body = JSON.createObjectNode();
    values(owner)
        .forEach(
            (name, value) -> {
              if (call.fields().containsKey(name)) {
                body.set(name, JSON.valueToTree(value));
              }
            });
    if (call.fields().get("tags") == Field.JSON) {
      body.put("tags", "{\"stage\":\"taken\"}");
    }
    return door.send(
        key,
        HttpRequest.newBuilder(door.address().resolve(path))
            .header("Content-Type", "application/json")
            .method(call.method(), HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  private static Object first(Object value) {
    return value instanceof List<?> list ? list.getFirst() : value;
  }

  private static Map<String, Object> values(Owned owner) {
    Map<String, Object> location =
        Map.of(
            "type",
            "MLFLOW_EXPERIMENT",
            "mlflow_experiment",
            Map.of("experiment_id", owner.experiment()));
    return Map.ofEntries(
        Map.entry("experiment_id", owner.experiment()),
        Map.entry("experiment_ids", List.of(owner.experiment())),
        Map.entry("locations", List.of(location)),
        Map.entry("timestamp_ms", 1),
        Map.entry("request_id", owner.trace()),
        Map.entry("request_ids", List.of(owner.trace())),
        Map.entry("trace_id", owner.trace()),
        Map.entry("trace_ids", List.of(owner.trace())),
        Map.entry("run_id", owner.run()),
        Map.entry("dataset_id", owner.dataset()),
        Map.entry("dataset_record_ids", List.of(owner.record())),
        Map.entry("records", "[{\"inputs\":{\"q\":\"theirs\"}}]"),
        Map.entry("name", "questions"),
        Map.entry("key", "state"),
        Map.entry("value", "taken"),
        Map.entry("status", "OK"),
        Map.entry("filter_string1", "tags.team = 'crm'"),
        Map.entry("filter_string2", "tags.team = 'crm'"),
        Map.entry("metric_name", "trace_count"),
        Map.entry("view_type", "TRACES"),
        Map.entry("aggregations", List.of(Map.of("aggregation_type", "COUNT"))),
        Map.entry(
            "trace",
            Map.of(
                "trace_info",
                Map.of(
                    "trace_id",
                    owner.trace(),
                    "trace_location",
                    location,
                    "request_time",
                    "2026-01-01T00:00:00Z",
                    "state",
                    "OK"))),
        Map.entry(
            "assessment",
            Map.of(
                "assessment_name",
                "right",
                "trace_id",
                owner.trace(),
                "source",
                Map.of("source_type", "HUMAN", "source_id", "mallory"),
                "feedback",
                Map.of("value", true))),
        Map.entry("update_mask", "feedback"));
  }

  private Answer put(String key, String path) {
    return door.send(
        key,
        HttpRequest.newBuilder(
                door.address().resolve("/api/2.0/mlflow-artifacts/artifacts/" + path))
            .PUT(HttpRequest.BodyPublishers.ofString("theirs")));
  }

  /** MLflow itself takes any number. */
  @Test
  void a_data_set_is_joined_with_experiments_of_its_tenant_alone() {
    String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    String stranger = door.key(door.freshTenant(), "data-scientist", "user:mallory");
    String foreign = experiment(key);
    String own = experiment(stranger);
    String dataset =
        door.post(
                stranger,
                V3 + "datasets/create",
                Map.of("name", "q", "experiment_ids", List.of(own)))
            .json()
            .at("/dataset/dataset_id")
            .asString();
    for (Answer answer :
        List.of(
            door.post(
                stranger,
                V3 + "datasets/create",
                Map.of("name", "r", "experiment_ids", List.of(own, foreign))),
            door.post(
                stranger,
                V3 + "datasets/" + dataset + "/add-experiments",
                Map.of("experiment_ids", List.of(foreign))))) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    }
    assertThat(
            door.get(stranger, V3 + "datasets/" + dataset + "/experiment-ids")
                .json()
                .at("/experiment_ids"))
        .hasSize(1);
  }

  private String experiment(String key) {
    return door.post(key, MlflowCall.BASE + "experiments/create", Map.of("name", "e"))
        .json()
        .get("experiment_id")
        .asString();
  }

  /** MLflow would read what the tag names, with the server's rights. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlflow.artifactLocation",
        "mlflow.trace.spansLocation",
        "mlflow.trace.archiveLocation"
      })
  void nobody_says_where_a_traces_files_lie(String tag) {
    String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    String experiment = experiment(key);
    Map<String, Object> location = Map.of("mlflow_experiment", Map.of("experiment_id", experiment));
    for (String info : List.of("trace_info", "traceInfo")) {
      Answer whole =
          door.post(
              key,
              V3 + "traces",
              Map.of(
                  "trace",
                  Map.of(
                      info,
                      Map.of(
                          "trace_id",
                          "tr-" + "a".repeat(32),
                          "trace_location",
                          location,
                          "tags",
                          Map.of(tag, "file:///etc")))));
      assertThat(whole.status()).as(whole.text()).isEqualTo(400);
      assertThat(whole.text()).contains(tag);
    }
    Answer second =
        door.post(
            key,
            MlflowCall.BASE + "traces",
            Map.of(
                "experiment_id",
                experiment,
                "timestamp_ms",
                1,
                "tags",
                List.of(Map.of("key", tag, "value", "file:///etc"))));
    assertThat(second.status()).as(second.text()).isEqualTo(400);
    for (String base : List.of(V3, MlflowCall.BASE)) {
      for (String method : List.of("PATCH", "DELETE")) {
        Answer single =
            door.send(
                key,
                HttpRequest.newBuilder(
                        door.address().resolve(base + "traces/tr-" + "a".repeat(32) + "/tags"))
                    .header("Content-Type", "application/json")
                    .method(
                        method,
                        HttpRequest.BodyPublishers.ofString(
                            JSON.writeValueAsString(Map.of("key", tag, "value", "file:///etc")))));
        assertThat(single.status()).as(single.text()).isEqualTo(400);
        assertThat(single.text()).contains(tag);
      }
    }
  }
}
