package ai.matih.ml.benchmarks.registry;

import ai.matih.ml.benchmarks.load.Target.Call;
import java.util.List;

/**
 * One thing that people ask a registry, in the words of both.
 *
 * @param name for the table
 * @param ours calls of this suite, asked in turn
 * @param mlflows the same of MLflow
 */
record Question(String name, List<Call> ours, List<Call> mlflows) {

  Question {
    ours = List.copyOf(ours);
    mlflows = List.copyOf(mlflows);
  }

  static Question read(String name, String ours, String mlflows) {
    return new Question(name, List.of(Call.get(ours)), List.of(Call.get(mlflows)));
  }
}
