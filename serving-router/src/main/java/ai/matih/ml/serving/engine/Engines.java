package ai.matih.ml.serving.engine;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The engines that this router offers, by their names. */
public final class Engines {

  private final Map<EngineName, ScoringEngine> offered = new LinkedHashMap<>();

  public Engines(List<ScoringEngine> engines) {
    for (ScoringEngine engine : engines) {
      if (offered.put(engine.name(), engine) != null) {
        throw new IllegalArgumentException("two engines are named " + engine.name());
      }
    }
  }

  /**
   * The engine of this name.
   *
   * @throws Problem {@code ENGINE_NOT_OFFERED}, with the names of those that are offered
   */
  public ScoringEngine require(EngineName name) {
    ScoringEngine engine = offered.get(name);
    if (engine == null) {
      String names =
          offered.keySet().stream().map(EngineName::value).collect(Collectors.joining(", "));
      throw new Problem(
              ServingError.ENGINE_NOT_OFFERED,
              "The engine %s is not offered here; choose one of: %s.".formatted(name, names))
          .with("offered", names);
    }
    return engine;
  }

  /**
   * The engine of a deployment that names none: {@code onnx}, or for a version without an ONNX form
   * the first one that takes it. An ONNX form that differs is no reason to choose in silence.
   */
  public EngineName firstFor(VersionForms forms) {
    return forms.onnx() != OnnxStatus.ABSENT
        ? EngineName.ONNX
        : offered.values().stream()
            .filter(engine -> engine.support(forms).objection().isEmpty())
            .map(ScoringEngine::name)
            .findFirst()
            .orElse(EngineName.ONNX);
  }

  /** Whether an engine starts copies of a model; not so of one that is not offered any more. */
  public boolean startsReplicas(EngineName name) {
    ScoringEngine engine = offered.get(name);
    return engine != null && engine.startsReplicas();
  }

  /** Calls that wait for a place, over all engines. */
  public int waiting() {
    return offered.values().stream().mapToInt(engine -> engine.limit().waiting()).sum();
  }
}
