package ai.matih.ml.serving.deployment;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the inputs of a version differ from those of the versions that got traffic when it was
 * deployed.
 *
 * @param added inputs that not all of the others have
 * @param unused inputs that only the others have
 * @param narrowed inputs that take less than they did: another type, no nulls any more; and join
 *     keys that callers of the others do not name, as {@code entities.key}
 */
public record InputChange(List<String> added, List<String> unused, List<String> narrowed) {

  public static final InputChange NONE = new InputChange(List.of(), List.of(), List.of());

  private static final int NAMED = 5;

  /** What it means to who calls already. */
  public enum Meaning {
    /** Every request that the others take is taken. */
    COMPATIBLE,
    /** Requests as the others take them are refused until the new inputs are sent or defaulted. */
    NEEDS_DEFAULT,
    /** Requests that the others take are refused, and no default helps. */
    BREAKS;

    /** The name on the wire. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public InputChange {
    added = List.copyOf(added);
    unused = List.copyOf(unused);
    narrowed = List.copyOf(narrowed);
  }

  /** The change from what others take to what this one takes; none where there are no others. */
  static InputChange of(Signature next, Collection<Signature> others) {
    Set<String> added = new TreeSet<>();
    Set<String> unused = new TreeSet<>();
    Set<String> narrowed = new TreeSet<>();
    for (Signature other : others) {
      for (Column column : next.columns()) {
        int position = other.position(column.name());
        if (position < 0) {
          added.add(column.name());
        } else if (takesLess(column, other.columns().get(position))) {
          narrowed.add(column.name());
        }
      }
      for (Column column : other.columns()) {
        if (next.position(column.name()) < 0) {
          unused.add(column.name());
        }
      }
      Optional<FeatureSource> source = next.features();
      if (source.isPresent() && other.features().isPresent()) {
        for (String key : source.get().joinKeys()) {
          if (!other.features().get().joinKeys().contains(key)) {
            narrowed.add("entities." + key);
          }
        }
      }
    }
    return new InputChange(List.copyOf(added), List.copyOf(unused), List.copyOf(narrowed));
  }

  private static boolean takesLess(Column next, Column before) {
    boolean wider = next.type() == ColumnType.DOUBLE && before.type() == ColumnType.LONG;
    return (next.type() != before.type() && !wider) || (before.nullable() && !next.nullable());
  }

  /** What it means where these inputs have defaults. */
  public Meaning meaning(Set<String> defaulted) {
    if (!narrowed.isEmpty()) {
      return Meaning.BREAKS;
    }
    return defaulted.containsAll(added) ? Meaning.COMPATIBLE : Meaning.NEEDS_DEFAULT;
  }

  /** The same as a sentence for people. */
  public String inWords(Set<String> defaulted) {
    return switch (meaning(defaulted)) {
      case COMPATIBLE -> "Every request that the versions with traffic take is taken.";
      case NEEDS_DEFAULT -> {
        List<String> missing = added.stream().filter(name -> !defaulted.contains(name)).toList();
        yield "Not every version with traffic has %s: a prediction that leaves such an input out is refused here. Let callers send it (null counts), or deploy again with inputs.defaults."
            .formatted(named(missing));
      }
      case BREAKS ->
          "%s: it takes less than it did with the versions that have traffic (another type, no null, or a further join key), so requests that they take can be refused here."
              .formatted(named(narrowed));
    };
  }

  private static String named(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    return names.size() <= NAMED ? first : first + " and %d more".formatted(names.size() - NAMED);
  }
}
