package ai.matih.ml.registry.model;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What to tell somebody who named a metric that is not there. */
public final class MetricNames {

  private static final int MOST_NAMED = 30;

  private MetricNames() {}

  /** One sentence or two: the metrics that it has instead, and which of them may be meant. */
  public static String insteadOf(String wanted, Collection<String> known) {
    if (known.isEmpty()) {
      return "There are no metrics.";
    }
    List<String> close = closeTo(wanted, known);
    List<String> all = List.copyOf(new TreeSet<>(known));
    String more = all.size() > MOST_NAMED ? " and %d more".formatted(all.size() - MOST_NAMED) : "";
    return "There are %s%s.%s"
        .formatted(
            String.join(", ", all.subList(0, Math.min(MOST_NAMED, all.size()))),
            more,
            close.isEmpty() ? "" : " Is " + String.join(" or ", close) + " meant?");
  }

  /** Names that differ in a few letters, in case or signs, or by a word before or after. */
  public static List<String> closeTo(String wanted, Collection<String> known) {
    String mine = letters(wanted);
    return known.stream().filter(name -> isClose(mine, letters(name))).sorted().limit(3).toList();
  }

  private static boolean isClose(String mine, String other) {
    int shorter = Math.min(mine.length(), other.length());
    return mine.equals(other)
        || (shorter >= 2 && (mine.contains(other) || other.contains(mine)))
        || (shorter >= 3 && edits(mine, other) <= (shorter >= 6 ? 2 : 1));
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  /** How many letters have to be changed, added or removed (Levenshtein). */
  private static int edits(String one, String other) {
    int[] before = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] now = new int[other.length() + 1];
      now[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
      }
      before = now;
    }
    return before[other.length()];
  }
}
