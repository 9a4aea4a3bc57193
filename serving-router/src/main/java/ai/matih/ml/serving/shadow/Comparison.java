package ai.matih.ml.serving.shadow;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.serving.engine.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two answers to the same rows.
 *
 * @param classRows rows with a class
 * @param agreed rows with the same class
 * @param shiftSum of the rows' shifts; a row's shift is the largest difference of a class's
 *     probability, or the difference of the predicted numbers
 * @param shiftMax the largest of them
 */
record Comparison(long rows, long classRows, long agreed, double shiftSum, double shiftMax) {

  private static final int NOWHERE = -1;

  /** Where both have one number; a class that one of them does not know is nowhere there. */
  private record Place(int live, int shadow) {

    double shift(Scores lives, Scores shadows, int row) {
      double one = live == NOWHERE ? 0 : lives.value(row, live);
      double other = shadow == NOWHERE ? 0 : shadows.value(row, shadow);
      return Math.abs(one - other);
    }
  }

  /** Empty when the two do not answer the same question, or one of them with no number. */
  static Optional<Comparison> of(Scores live, Scores shadow) {
    if (live.signature().task() != shadow.signature().task() || live.rows() != shadow.rows()) {
      return Optional.empty();
    }
    boolean classes = live.signature().task() == Task.CLASSIFICATION;
    List<Place> places = places(live.signature(), shadow.signature());
    long agreed = 0;
    double sum = 0;
    double max = 0;
    for (int row = 0; row < live.rows(); row++) {
      double shift = 0;
      for (Place place : places) {
        double one = place.shift(live, shadow, row);
        if (!Double.isFinite(one)) {
          return Optional.empty();
        }
        shift = Math.max(shift, one);
      }
      sum += shift;
      max = Math.max(max, shift);
      if (classes && live.prediction(row).toString().equals(shadow.prediction(row).toString())) {
        agreed++;
      }
    }
    return Optional.of(new Comparison(live.rows(), classes ? live.rows() : 0, agreed, sum, max));
  }

  private static List<Place> places(Signature live, Signature shadow) {
    if (live.task() == Task.REGRESSION) {
      return List.of(new Place(0, 0));
    }
    List<String> ofLive = live.classes().stream().map(Object::toString).toList();
    List<String> ofShadow = shadow.classes().stream().map(Object::toString).toList();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < ofLive.size(); i++) {
      places.add(new Place(i, ofShadow.indexOf(ofLive.get(i))));
    }
    for (int i = 0; i < ofShadow.size(); i++) {
      if (!ofLive.contains(ofShadow.get(i))) {
        places.add(new Place(NOWHERE, i));
      }
    }
    return places;
  }
}
