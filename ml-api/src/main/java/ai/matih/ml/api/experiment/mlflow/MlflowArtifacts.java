package ai.matih.ml.api.experiment.mlflow;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.door.Forwarder;
import ai.matih.ml.api.door.Upstream;
import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.ExperimentSettings;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.web.FiledArtifacts;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.TenantScope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

@Component
class MlflowArtifacts implements FiledArtifacts {

  private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts/";

  private final ExperimentTracker tracker;
  private final Forwarder forwarder;
  private final Upstream mlflow;
  private final long maxArtifact;

  MlflowArtifacts(
      ExperimentTracker tracker,
      @Qualifier("mlflowForwarder") Forwarder forwarder,
      @Qualifier("mlflowUpstream") Upstream mlflow,
      ExperimentSettings settings) {
    this.tracker = tracker;
    this.forwarder = forwarder;
    this.mlflow = mlflow;
    this.maxArtifact = settings.maxArtifact().toBytes();
  }

  @Override
  public void download(
      Run run, ArtifactPath path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // Asked first: MLflow begins to answer for a directory too, and then breaks off.
    if (ArtifactPath.fromRoot(fromRoot(run, path)).filter(tracker::hasFile).isEmpty()) {
      throw new Problem(ApiError.ARTIFACT_NOT_FOUND, "The run has no file " + path + ".")
          .with("path", path.text());
    }
    forwarder.forward(mlflow, outgoing(run, path), new Guard(false), request, response);
  }

  @Override
  public void upload(
      Run run, ArtifactPath path, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    forwarder.forward(mlflow, outgoing(run, path), new Guard(true), request, response);
  }

  private static String fromRoot(Run run, ArtifactPath path) {
    String root = URI.create(run.artifactRoot()).getPath();
    return (root.startsWith("/") ? root.substring(1) : root) + '/' + path.text();
  }

  private Forwarder.Outgoing outgoing(Run run, ArtifactPath path) {
    StringBuilder target = new StringBuilder(PROXY);
    target.append(UriUtils.encodePath(fromRoot(run, path), StandardCharsets.UTF_8));
    return new Forwarder.Outgoing(
        target.toString(),
        Map.of("X-MLFLOW-WORKSPACE", TenantScope.require().slug()),
        maxArtifact,
        Optional.empty());
  }

  /** An upload's answer is ours; a failure is a failure of MLflow. */
  private record Guard(boolean upload) implements Forwarder.AnswerGuard {

    @Override
    public boolean passes(int status) {
      return !upload && status < 300;
    }

    @Override
    public void replace(int status, byte[] body, HttpServletResponse response) {
      if (!upload || status >= 300) {
        throw new EngineFailure.Misbehaved("mlflow", status, "");
      }
      response.setStatus(204);
    }
  }
}
