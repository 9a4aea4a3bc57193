package ai.matih.ml.training.algorithm;

import ai.matih.ml.common.problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One algorithm that can be trained.
 *
 * @param gpu whether it computes on the GPUs of its workers
 * @param distributed whether more than one worker can learn together
 * @param encodings what it may make of a column of texts, its default first
 */
public record Algorithm(
    AlgorithmName name,
    String description,
    List<Task> tasks,
    boolean gpu,
    boolean distributed,
    List<String> encodings,
    Map<String, Hyperparameter> parameters) {

  public Algorithm {
    tasks = List.copyOf(tasks);
    encodings = List.copyOf(encodings);
    parameters = Map.copyOf(parameters);
  }

  /** What is wrong with the hyperparameters, by field; the training code checks the same again. */
  public List<Violation> check(Task task, Map<String, Object> asked) {
    List<Violation> found = new ArrayList<>();
    new TreeMap<>(asked)
        .forEach(
            (key, value) -> {
              Hyperparameter parameter = parameters.get(key);
              String field = "hyperparameters." + key;
              if (parameter == null) {
                found.add(
                    new Violation(
                        field,
                        "is not a hyperparameter of %s; it has %s"
                            .formatted(
                                name, String.join(", ", new TreeSet<>(parameters.keySet())))));
              } else if (!parameter.allows(value)) {
                found.add(new Violation(field, "must be " + parameter.allowed()));
              } else if (task == Task.REGRESSION && parameter.onlyFor().isPresent()) {
                found.add(new Violation(field, "belongs to classification"));
              }
            });
    return found;
  }

  /** What it is and what hyperparameters it has, for the documentation of the API. */
  String documentation() {
    StringBuilder text = new StringBuilder("`%s`: %s".formatted(name, description));
    text.append(" Texts: %s.".formatted(String.join(", ", encodings)));
    new TreeMap<>(parameters)
        .forEach(
            (key, parameter) -> {
              text.append("\n- `%s`: %s".formatted(key, parameter.description()));
              text.append(" It is %s".formatted(parameter.allowed()));
              parameter.defaultText().ifPresent(value -> text.append("; default " + value));
              parameter.onlyFor().ifPresent(_ -> text.append("; for classification only"));
              text.append('.');
            });
    return text.toString();
  }
}
