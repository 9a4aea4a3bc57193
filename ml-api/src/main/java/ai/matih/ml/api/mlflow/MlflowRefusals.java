package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.door.Forwarder;
import ai.matih.ml.api.experiment.MlflowRefusal;
import ai.matih.ml.common.http.EngineFailure;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/** Passes MLflow's refusals on, with its reason and without what it tells of its inside. */
final class MlflowRefusals implements Forwarder.AnswerGuard {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What MLflow answers with the status of a failure of its own, which its clients repeat. */
  private static final Set<String> REFUSED_AS_FAILURES =
      Set.of("INVALID_STATE", "INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS");

  private final BooleanSupplier isMissing;
  private final Predicate<MlflowRefusal> mayRepeat;
  private final Optional<UnaryOperator<byte[]>> answer;
  private boolean passed;
  private boolean repeats;

  /**
   * @param isMissing asked after a server error: whether the thing asked for is simply not there
   * @param mayRepeat whether the call is made again after such a refusal; then nothing is answered
   * @param answer what is told instead of an answer that passes
   */
  MlflowRefusals(
      BooleanSupplier isMissing,
      Predicate<MlflowRefusal> mayRepeat,
      Optional<UnaryOperator<byte[]>> answer) {
    this.isMissing = isMissing;
    this.mayRepeat = mayRepeat;
    this.answer = answer;
  }

  @Override
  public boolean rewrites() {
    return answer.isPresent();
  }

  @Override
  public byte[] rewritten(byte[] body) {
    return answer.map(other -> other.apply(body)).orElse(body);
  }

  /** Of a call that is made once, whatever comes. */
  static MlflowRefusals ofOneCall(BooleanSupplier isMissing) {
    return new MlflowRefusals(isMissing, _ -> false, Optional.empty());
  }

  @Override
  public boolean passes(int status) {
    passed = status < 400;
    return passed;
  }

  /** Whether MLflow did what was asked. */
  boolean hasPassed() {
    return passed;
  }

  /** Whether nothing was answered, since the call is made again. */
  boolean repeats() {
    return repeats;
  }

  @Override
  public void replace(int status, byte[] body, HttpServletResponse response) throws IOException {
    MlflowRefusal refusal = MlflowRefusal.of(status, body);
    repeats = mayRepeat.test(refusal);
    if (repeats) {
      return;
    }
    if (refusal.code().equals("TEMPORARILY_UNAVAILABLE")) {
      response.setHeader("Retry-After", "1");
      write(503, refusal, response);
    } else if (status < 500) {
      write(status, refusal, response);
    } else if (REFUSED_AS_FAILURES.contains(refusal.code())) {
      write(400, refusal, response);
    } else if (isMissing.getAsBoolean()) {
      write(
          404,
          new MlflowRefusal(
              "RESOURCE_DOES_NOT_EXIST", "There is no such thing.", MlflowRefusal.Cause.RULE),
          response);
    } else {
      throw new EngineFailure.Misbehaved("mlflow", status, "");
    }
  }

  private static void write(int status, MlflowRefusal refusal, HttpServletResponse response)
      throws IOException {
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("error_code", refusal.code());
    answer.put("message", refusal.reason());
    answer.put("error_id", UUID.randomUUID().toString());
    byte[] bytes = JSON.writeValueAsBytes(answer);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
