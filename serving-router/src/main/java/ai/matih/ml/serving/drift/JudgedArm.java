package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.sketch.CountedArm;
import ai.matih.ml.serving.sketch.Watched;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An arm with the verdict on each of its inputs and on its answers.
 *
 * @param judged those that have a reference and were counted
 */
public record JudgedArm(CountedArm counted, List<JudgedFeature> judged) {

  static JudgedArm of(CountedArm counted, DriftRules rules) {
    List<Divergence> measured = new ArrayList<>();
    int first = 0;
    for (Watched watched : counted.reference().watched()) {
      if (watched.hasReference() && counted.tally().rows() > 0) {
        measured.add(Divergence.of(watched, counted.tally().cells(watched, first)));
      }
      first += watched.cells();
    }
    double[] adjusted = Holm.adjusted(measured.stream().map(d -> d.chiSquare().pValue()).toList());
    List<JudgedFeature> judged = new ArrayList<>();
    for (int i = 0; i < measured.size(); i++) {
      judged.add(
          new JudgedFeature(
              measured.get(i), adjusted[i], measured.get(i).severity(adjusted[i], rules)));
    }
    return new JudgedArm(counted, judged);
  }

  public Stream<JudgedFeature> inputs() {
    return judged.stream().filter(JudgedFeature::isInput);
  }

  public Stream<JudgedFeature> answers() {
    return judged.stream().filter(feature -> !feature.isInput());
  }

  /** The worst of its inputs and answers. */
  public Severity severity() {
    return judged.stream()
        .map(JudgedFeature::severity)
        .max(Severity::compareTo)
        .orElse(Severity.INSUFFICIENT_DATA);
  }
}
