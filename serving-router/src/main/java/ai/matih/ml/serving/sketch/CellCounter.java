package ai.matih.ml.serving.sketch;

import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the values of one watched distribution into its cells. No allocation, whatever the value.
 */
abstract sealed class CellCounter {

  /** Where its cells begin. */
  final int first;

  /** Where its sums begin. */
  final int sum;

  private CellCounter(int first, int sum) {
    this.first = first;
    this.sum = sum;
  }

  abstract void count(Batch batch, Scores scores, long[] cells, double[] sums);

  /** The counters of a reference, one after the other in its cells. */
  static CellCounter[] of(Reference reference, Signature signature) {
    CellCounter[] counters = new CellCounter[reference.watched().size()];
    int first = 0;
    for (int i = 0; i < counters.length; i++) {
      Watched watched = reference.watched().get(i);
      int sum = Reference.SUMS * i;
      counters[i] =
          switch (watched.role()) {
            case INPUT ->
                watched.kind() == Watched.Kind.NUMBERS
                    ? new NumberInput(first, sum, watched, signature.position(watched.name()))
                    : new TextInput(first, sum, watched, signature.position(watched.name()));
            case CLASS -> new PredictedClass(first, sum, watched);
            case SCORE, VALUE -> new LastScore(first, sum, watched);
          };
      first += watched.cells();
    }
    return counters;
  }

  /** How numbers find their cell. */
  private static final class Bins {
    private static final int FEW = 16;
    private final int first;
    private final int sum;
    private final double[] edges;
    private final double last;
    private final double center;

    Bins(int first, int sum, Watched watched) {
      this.first = first;
      this.sum = sum;
      this.edges = watched.edges().stream().mapToDouble(Double::doubleValue).toArray();
      this.last = edges.length == 0 ? Double.NaN : edges[edges.length - 1];
      this.center = watched.center();
    }

    void count(double value, long[] cells, double[] sums) {
      if (Double.isNaN(value)) {
        cells[first]++;
        return;
      }
      cells[first + 1 + place(value)]++;
      double distance = value - center;
      sums[sum] += distance;
      sums[sum + 1] += distance * distance;
    }

    /** How many edges are not above the value; the last edge belongs to the last bin. */
    private int place(double value) {
      int place = edges.length <= FEW ? placeOfFew(value) : placeOfMany(value);
      return place == edges.length && value == last ? place - 1 : place;
    }

    /** Looks at all edges: no branch can be guessed wrongly, which costs more than to compare. */
    private int placeOfFew(double value) {
      int place = 0;
      for (int i = 0; i < edges.length; i++) {
        place += value >= edges[i] ? 1 : 0;
      }
      return place;
    }

    private int placeOfMany(double value) {
      int low = 0;
      int high = edges.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (value >= edges[middle]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  private static final class NumberInput extends CellCounter {
    private final Bins bins;
    private final int column;

    NumberInput(int first, int sum, Watched watched, int column) {
      super(first, sum);
      this.bins = new Bins(first, sum, watched);
      this.column = column;
    }

    @Override
    void count(Batch batch, Scores scores, long[] cells, double[] sums) {
      for (int row = 0; row < batch.rows(); row++) {
        bins.count(batch.number(row, column), cells, sums);
      }
    }
  }

  private static final class TextInput extends CellCounter {
    private final Map<String, Integer> places = new HashMap<>();
    private final int longest;
    private final int rest;
    private final int column;

    TextInput(int first, int sum, Watched watched, int column) {
      super(first, sum);
      List<String> categories = watched.categories();
      for (int i = 0; i < categories.size(); i++) {
        places.put(categories.get(i), first + 1 + i);
      }
      this.longest = categories.stream().mapToInt(String::length).max().orElse(0);
      this.rest = first + 1 + categories.size();
      this.column = column;
    }

    @Override
    void count(Batch batch, Scores scores, long[] cells, double[] sums) {
      for (int row = 0; row < batch.rows(); row++) {
        String text = batch.text(row, column);
        if (text.isEmpty()) {
          cells[first]++;
        } else {
          // A text that is longer than every category is not hashed.
          Integer place = text.length() > longest ? null : places.get(text);
          cells[place == null ? rest : place]++;
        }
      }
    }
  }

  private static final class PredictedClass extends CellCounter {
    private final int known;

    PredictedClass(int first, int sum, Watched watched) {
      super(first, sum);
      this.known = watched.categories().size();
    }

    @Override
    void count(Batch batch, Scores scores, long[] cells, double[] sums) {
      int width = scores.signature().width();
      for (int row = 0; row < scores.rows(); row++) {
        int best = -1;
        for (int i = 0; i < width; i++) {
          float score = scores.value(row, i);
          if (!Float.isNaN(score) && (best < 0 || score > scores.value(row, best))) {
            best = i;
          }
        }
        cells[first + 1 + (best < 0 ? -1 : Math.min(best, known))]++;
      }
    }
  }

  private static final class LastScore extends CellCounter {
    private final Bins bins;

    LastScore(int first, int sum, Watched watched) {
      super(first, sum);
      this.bins = new Bins(first, sum, watched);
    }

    @Override
    void count(Batch batch, Scores scores, long[] cells, double[] sums) {
      int last = scores.signature().width() - 1;
      for (int row = 0; row < scores.rows(); row++) {
        bins.count(scores.value(row, last), cells, sums);
      }
    }
  }
}
