package ai.matih.ml.serving.routing.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.serving.deployment.InputRules;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.routing.Plan;
import ai.matih.ml.serving.routing.PlanFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One file: a line with the SHA-256 of the rest, then the plan as JSON. Replaced by an atomic
 * rename.
 */
public final class PlanOnDisk implements PlanFile {

  private static final Logger log = LoggerFactory.getLogger(PlanOnDisk.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int HEADER = 65;

  private final Path file;

  public PlanOnDisk(Path file) {
    this.file = file;
  }

  @Override
  public Optional<Plan> read() {
    try {
      byte[] content = Files.readAllBytes(file);
      byte[] plan =
          content.length <= HEADER
              ? new byte[0]
              : Arrays.copyOfRange(content, HEADER, content.length);
      if (plan.length == 0
          || !header(plan).equals(new String(content, 0, HEADER, StandardCharsets.US_ASCII))) {
        log.warn("{} is damaged and is not used", file);
        return Optional.empty();
      }
      return Optional.of(JSON.treeToValue(ofToday(JSON.readTree(plan)), Plan.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JacksonException e) {
      log.warn("{} cannot be read and is not used: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /**
   * A plan as it is written today. One of a release with one engine had no copies of models. One of
   * a release in which deployments had no rules for their inputs had the default ones. One in which
   * deployments named no engine had onnx alone and wrote a digest as an object; what was left of
   * its roll-outs no router needs.
   */
  private static JsonNode ofToday(JsonNode plan) {
    for (JsonNode owned : plan.path("deployments")) {
      if (owned.path("deployment") instanceof ObjectNode deployment && !deployment.has("hosting")) {
        deployment.set("hosting", JSON.valueToTree(Hosting.DEFAULT));
      }
      if (owned.path("deployment") instanceof ObjectNode deployment && !deployment.has("inputs")) {
        deployment.set("inputs", JSON.valueToTree(InputRules.DEFAULT));
      }
      if (owned.path("deployment") instanceof ObjectNode deployment && !deployment.has("engine")) {
        deployment.putObject("engine").put("value", EngineName.ONNX.value());
        ObjectNode rollout = deployment.putObject("rollout");
        rollout.put("strategy", deployment.path("strategy").asString(Strategy.NONE.name()));
        rollout.putArray("steps");
        if (deployment.path("artifact") instanceof ObjectNode artifact) {
          artifact.put("digest", artifact.path("digest").path("value").asString());
        }
      }
    }
    return plan;
  }

  @Override
  public void write(Plan plan) {
    byte[] content = JSON.writeValueAsBytes(plan);
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (FileChannel out =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        writeAll(out, header(content).getBytes(StandardCharsets.US_ASCII));
        writeAll(out, content);
        out.force(true);
      }
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeAll(FileChannel out, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  private static String header(byte[] content) {
    return Digest.of(content).hex() + "\n";
  }
}
