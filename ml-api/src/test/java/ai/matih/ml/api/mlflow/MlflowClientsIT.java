package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.api.RunningDoor;
import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.Service;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** Ordinary MLflow clients against the door: the newest Python one and the newest Java one. */
class MlflowClientsIT {

  private final RunningDoor door = RunningDoor.get();

  /** What a data scientist's notebook does, word for word; prints one line per step that held. */
  private static final String SCRIPT =
      """
      import os
      import mlflow
      import requests
      import numpy as np
      from mlflow.exceptions import MlflowException
      from sklearn.linear_model import LogisticRegression
      import xgboost

      mlflow.set_experiment("notebook")
      x = np.random.default_rng(1).random((60, 3))
      y = (x[:, 0] > 0.5).astype(int)
      with mlflow.start_run(run_name="first") as run:
          mlflow.log_param("depth", 3)
          mlflow.log_params({"eta": 0.1, "note": "long " * 50})
          for step in range(5):
              mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
          mlflow.log_metrics({"auc": 0.7, "f1": 0.6})
          mlflow.set_tag("team", "crm")
          mlflow.set_tags({"a": "1", "b": "2"})
          mlflow.log_text("hello", "notes/a b.txt")
          mlflow.log_dict({"big": "x" * 2_000_000}, "big.json")
          model = LogisticRegression().fit(x, y)
          sk = mlflow.sklearn.log_model(model, name="model", input_example=x[:2])
          booster = xgboost.XGBClassifier(n_estimators=3).fit(x, y)
          xg = mlflow.xgboost.log_model(booster, name="booster")
          with mlflow.start_run(nested=True):
              mlflow.log_metric("child", 1)
          mlflow.log_input(mlflow.data.from_numpy(x, name="train"))
      print("logged")

      found = mlflow.search_runs(
          experiment_names=["notebook"],
          filter_string="metrics.auc > 0.6 and params.depth = '3'",
          order_by=["metrics.auc DESC"],
      )
      assert len(found) == 1 and found.iloc[0]["params.eta"] == "0.1", found
      assert found.iloc[0]["status"] == "FINISHED"
      client = mlflow.MlflowClient()
      assert len(client.get_metric_history(run.info.run_id, "loss")) == 5
      assert client.get_run(run.info.run_id).data.tags["team"] == "crm"
      print("searched")

      for uri in (sk.model_uri, f"runs:/{run.info.run_id}/model"):
          assert (mlflow.pyfunc.load_model(uri).predict(x) == model.predict(x)).all()
      assert (mlflow.xgboost.load_model(xg.model_uri).predict(x) == booster.predict(x)).all()
      assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/a b.txt") == "hello"
      assert len(mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/big.json")["big"]) == 2_000_000
      names = {f.path for f in client.list_artifacts(run.info.run_id)}
      assert {"notes", "big.json"} <= names, names
      assert len(mlflow.search_logged_models(experiment_ids=[run.info.experiment_id])) == 2
      print("loaded back")

      def refused(action, expected):
          try:
              action()
          except MlflowException as e:
              assert expected in str(e), str(e)
              assert "SELECT" not in str(e) and "sqlalchemy" not in str(e), str(e)
          else:
              raise AssertionError("was not refused")

      refused(lambda: mlflow.register_model(sk.model_uri, "m"), "POST /api/v1/ml/models")
      refused(lambda: client.create_registered_model("m"), "POST /api/v1/ml/models")
      # As the platform's registry does it, on MLflow itself.
      requests.post(
          os.environ["DIRECT"] + "/api/2.0/mlflow/registered-models/create",
          json={"name": "m"},
          headers={"X-MLFLOW-WORKSPACE": os.environ["TENANT"]},
      ).raise_for_status()
      assert [m.name for m in client.search_registered_models()] == ["m"]
      refused(lambda: client.set_registered_model_alias("m", "champion", "1"), "promote")
      refused(lambda: client.transition_model_version_stage("m", "1", "Production"), "promote")
      refused(lambda: client.delete_registered_model("m"), "DELETE /api/v1/ml/models")
      refused(lambda: client.get_run("f" * 32), "RESOURCE_DOES_NOT_EXIST")
      refused(lambda: client.create_experiment("notebook"), "RESOURCE_ALREADY_EXISTS")
      refused(lambda: client.log_param(run.info.run_id, "depth", 4), "was already logged with value='3'")
      refused(lambda: client.search_runs([run.info.experiment_id], "metrics.auc >< 1"), "comparator")
      print("refused as documented")
      client.delete_run(run.info.run_id)
      client.restore_run(run.info.run_id)
      print("done")
      """;

  @Test
  void an_ordinary_python_script_works_unchanged(@TempDir Path folder) throws Exception {
    String tenant = door.freshTenant();
    String key = door.key(tenant, "data-scientist", "user:alice");
    String output =
        python(
            folder,
            SCRIPT,
            Map.of(
                "MLFLOW_TRACKING_TOKEN",
                key,
                "TENANT",
                tenant,
                "DIRECT",
                TestEngines.mlflow().url().toString()));
    assertThat(output)
        .contains("logged", "searched", "loaded back", "refused as documented", "done");
  }

  /** Names that the client and MLflow's own server take, as the client sends them. */
  private static final String NAMES =
      """
      import os
      import tempfile
      import numpy as np
      import mlflow

      mlflow.set_experiment("/Shared/précision 精度")
      folder = tempfile.mkdtemp()

      def write(name, text):
          path = os.path.join(folder, name)
          with open(path, "w") as file:
              file.write(text)
          return path

      names = [
          "100%.csv", "50%zz", "a;b.csv", "a[1].csv", "a b+c&d=e@f,g'h(i)!~*$.csv", "ü-精-😀.txt",
          "back\\\\slash.txt", "key%step%3%timestamp%1796007060525.png", "精" * 60 + ".txt", "a:b",
      ]
      deep = "精" * 70 + "/" + "精" * 70
      with mlflow.start_run(run_name="实验") as run:
          for i, name in enumerate(names):
              mlflow.log_artifact(write(name, str(i)), deep if i % 2 else None)
          mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), key="dogs/a b", step=3)
          # As clients before 3.9 named what log_image(key, step) made.
          old = "dogs%step%25%timestamp%1796007060525%3f4abc0d-77aa.png"
          mlflow.log_artifact(write(old, "old"), "images")
          for name in ("précision", "точность", "精度/fold 1:a-b.c", "Ⅷ"):
              mlflow.log_metric(name, 1.5)
              mlflow.log_param(name, "ü")
              mlflow.set_tag(name, "😀" * 5000)
          mlflow.log_metrics({"nan": float("nan"), "inf": float("inf"), "low": float("-inf")})
      client = mlflow.MlflowClient()
      run_id = run.info.run_id
      for i, name in enumerate(names):
          path = deep + "/" + name if i % 2 else name
          with open(client.download_artifacts(run_id, path)) as file:
              assert file.read() == str(i), name
          parent = deep if i % 2 else None
          assert path in {f.path for f in client.list_artifacts(run_id, parent)}, path
      with open(client.download_artifacts(run_id, "images/" + old)) as file:
          assert file.read() == "old"
      assert len(client.list_artifacts(run_id, "images")) == 3
      data = client.get_run(run_id).data
      assert data.metrics["précision"] == 1.5 and data.params["精度/fold 1:a-b.c"] == "ü"
      assert data.metrics["nan"] != data.metrics["nan"]
      assert len(client.get_metric_history(run_id, "精度/fold 1:a-b.c")) == 1
      print("done")
      """;

  @Test
  void names_of_every_script_and_kind_go_in_and_come_back(@TempDir Path folder) throws Exception {
    String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    assertThat(python(folder, NAMES, Map.of("MLFLOW_TRACKING_TOKEN", key))).contains("done");
  }

  /** The first lines of most notebooks, with no experiment anywhere. */
  private static final String DEFAULT =
      """
      import mlflow
      assert [e.name for e in mlflow.search_experiments()] == ["Default"]
      with mlflow.start_run() as run:
          mlflow.log_metric("m", 1)
          mlflow.log_text("hello", "a.txt")
      assert run.info.experiment_id == "0", run.info
      client = mlflow.MlflowClient()
      assert client.get_run(run.info.run_id).info.experiment_id == "0"
      assert client.get_experiment("0").name == "Default"
      assert client.get_experiment_by_name("Default").experiment_id == "0"
      assert [r.info.run_id for r in client.search_runs(["0"])] == [run.info.run_id]
      assert [e.experiment_id for e in client.search_experiments()] == ["0"]
      assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/a.txt") == "hello"
      model = client.create_logged_model("0", name="m", source_run_id=run.info.run_id)
      assert model.experiment_id == "0"
      assert len(mlflow.search_logged_models(experiment_ids=["0"])) == 1
      client.rename_experiment("0", "mine")
      assert client.get_experiment("0").name == "mine"
      with mlflow.start_run() as second:
          pass
      assert second.info.experiment_id == "0"
      print("done")
      """;

  @Test
  void experiment_0_is_the_tenants_own(@TempDir Path folder) throws Exception {
    for (int tenants = 0; tenants < 2; tenants++) {
      String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
      if (tenants == 0) {
        // Made over REST, found by the client; the other way round in the second tenant.
        assertThat(door.get(key, "/api/v1/ml/experiments/0").json().get("name").asString())
            .isEqualTo("Default");
      }
      assertThat(python(folder, DEFAULT, Map.of("MLFLOW_TRACKING_TOKEN", key))).contains("done");
      var read = door.get(key, "/api/v1/ml/experiments/0").json();
      assertThat(read.get("id").asString()).isEqualTo("0");
      assertThat(read.get("name").asString()).isEqualTo("mine");
      var runs = door.get(key, "/api/v1/ml/experiments/0/runs").json().get("items");
      assertThat(runs).hasSize(2);
      assertThat(runs.get(0).get("experiment_id").asString()).isEqualTo("0");
    }
  }

  @Test
  void a_key_may_come_as_a_password_too(@TempDir Path folder) throws Exception {
    String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    String script =
        """
        import mlflow
        mlflow.set_experiment("basic")
        with mlflow.start_run():
            mlflow.log_metric("m", 1)
        print("done")
        """;
    assertThat(
            python(
                folder,
                script,
                Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", key)))
        .contains("done");
  }

  @Test
  void the_java_client_works_unchanged() {
    String key = door.key(door.freshTenant(), "data-scientist", "user:alice");
    try (MlflowClient client =
        new MlflowClient(new BasicMlflowHostCreds(door.address().toString(), key))) {
      String experiment = client.createExperiment("java");
      String run = client.createRun(experiment).getRunId();
      client.logParam(run, "depth", "3");
      client.logMetric(run, "loss", 0.5, 1000, 1);
      client.logMetric(run, "loss", 0.25, 2000, 2);
      client.setTag(run, "team", "crm");
      client.setTerminated(run);
      assertThat(client.getRun(run).getData().getMetrics(0).getValue()).isEqualTo(0.25);
      assertThat(client.getMetricHistory(run, "loss")).hasSize(2);
      assertThat(client.getExperimentByName("java")).isPresent();
      assertThat(
              client
                  .searchRuns(
                      List.of(experiment), "metrics.loss < 0.3", Service.ViewType.ACTIVE_ONLY, 10)
                  .getItems())
          .hasSize(1);
      assertThatThrownBy(() -> client.createExperiment("java"))
          .isInstanceOfSatisfying(
              MlflowHttpException.class,
              e -> {
                assertThat(e.getStatusCode()).isEqualTo(400);
                assertThat(e.getBodyMessage()).contains("RESOURCE_ALREADY_EXISTS");
              });
      assertThatThrownBy(() -> client.sendPost("registered-models/create", "{\"name\":\"around\"}"))
          .isInstanceOfSatisfying(
              MlflowHttpException.class,
              e -> assertThat(e.getBodyMessage()).contains("POST /api/v1/ml/models"));
    }
  }

  private String python(Path folder, String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    return PythonClient.run(door.address(), folder, script, environment);
  }
}
