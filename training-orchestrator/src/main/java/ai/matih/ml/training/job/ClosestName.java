package ai.matih.ml.training.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds the name that somebody may have meant. */
final class ClosestName {

  private ClosestName() {}

  /** The most similar of the names; empty when none is similar. */
  static Optional<String> to(String name, Collection<String> names) {
    // Two letters that changed places count as two.
    int tolerated = (name.length() + 2) / 3;
    return names.stream()
        .map(candidate -> Map.entry(candidate, distance(plain(name), plain(candidate))))
        .filter(entry -> entry.getValue() <= tolerated)
        .min(Comparator.comparingInt(Map.Entry::getValue))
        .map(Map.Entry::getKey);
  }

  /** As the end of a sentence that says that a name is unknown. */
  static String hint(String name, Collection<String> names) {
    return to(name, names).map("; did you mean '%s'?"::formatted).orElse("");
  }

  private static String plain(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /** By Levenshtein: letters to insert, to remove or to replace. */
  private static int distance(String left, String right) {
    int[] before = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] now = new int[right.length() + 1];
      now[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = before[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
      }
      before = now;
    }
    return before[right.length()];
  }
}
