package ai.matih.ml.serving.routing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.fixture.memory.InMemoryServing;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.routing.store.PlanOnDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan on a router's disk ... */
class PlanOnDiskTests {

  @TempDir private Path folder;

  @Test
  void is_read_as_it_was_written() {
    InMemoryServing serving = new InMemoryServing();
    serving.ready(1, Stage.PRODUCTION, RolloutPlan.DIRECT);
    Plan plan = new Plan(serving.deployments.held(), serving.traffic.all());
    PlanOnDisk file = new PlanOnDisk(folder.resolve("plan.json"));
    assertThat(file.read()).isEmpty();

    file.write(plan);

    assertThat(file.read()).contains(plan);
  }

  /** A router that is upgraded while its database is away goes on serving. */
  @Test
  void of_a_release_whose_deployments_named_no_engine_is_read_as_onnx() throws Exception {
    byte[] plan = Files.readAllBytes(Path.of("src/test/resources/plans/without-engine.json"));
    Path file = folder.resolve("plan.json");
    write(file, plan);

    Deployment deployment =
        new PlanOnDisk(file).read().orElseThrow().deployments().getFirst().deployment();

    assertThat(deployment.engine()).isEqualTo(EngineName.ONNX);
    assertThat(deployment.rollout().strategy()).isEqualTo(Strategy.DIRECT);
    assertThat(deployment.rollout().isOver()).isTrue();
    assertThat(deployment.artifact().files()).containsKey("model.onnx");
  }

  private static void write(Path file, byte[] plan) throws Exception {
    String header =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(plan)) + "\n";
    try (var out = Files.newOutputStream(file)) {
      out.write(header.getBytes(StandardCharsets.US_ASCII));
      out.write(plan);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
