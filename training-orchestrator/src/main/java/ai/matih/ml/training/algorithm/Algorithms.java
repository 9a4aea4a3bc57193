package ai.matih.ml.training.algorithm;

import ai.matih.ml.training.cluster.CodePackage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** All algorithms that can be trained, in the order in which they are offered. */
public final class Algorithms {

  private static final String FILE = "matih_training/algorithms/algorithms.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private record Entry(
      String description,
      List<Task> tasks,
      boolean gpu,
      boolean distributed,
      List<String> encodings,
      Map<String, Hyperparameter> parameters) {}

  private record Document(Map<String, Entry> algorithms, List<String> planned) {}

  private final Map<String, Algorithm> algorithms;
  private final List<String> planned;

  private Algorithms(Map<String, Algorithm> algorithms, List<String> planned) {
    this.algorithms = algorithms;
    this.planned = planned;
  }

  /** Those of the training code that this build sends to the cluster. */
  public static Algorithms of(CodePackage code) {
    return parse(Objects.requireNonNull(code.files().get(FILE), FILE));
  }

  /** Reads {@code algorithms.json}; refuses what it does not know. */
  public static Algorithms parse(byte[] json) {
    Document document = JSON.readValue(json, Document.class);
    Map<String, Algorithm> algorithms = new LinkedHashMap<>();
    document.algorithms.forEach(
        (name, entry) ->
            algorithms.put(
                name,
                new Algorithm(
                    new AlgorithmName(name),
                    entry.description,
                    entry.tasks,
                    entry.gpu,
                    entry.distributed,
                    entry.encodings,
                    entry.parameters)));
    return new Algorithms(algorithms, List.copyOf(document.planned));
  }

  public Optional<Algorithm> find(@Nullable String name) {
    return Optional.ofNullable(algorithms.get(name));
  }

  /** Their names. */
  public List<String> all() {
    return List.copyOf(algorithms.keySet());
  }

  /** Their names, for a sentence. */
  public String names() {
    return String.join(", ", algorithms.keySet());
  }

  /** Whether the name is one that a later release will offer. */
  public boolean isPlanned(String name) {
    return planned.contains(name);
  }

  /** All of them with their hyperparameters, for the documentation of the API. */
  public String documentation() {
    return algorithms.values().stream()
        .map(Algorithm::documentation)
        .collect(Collectors.joining("\n\n"));
  }
}
