package ai.matih.ml.common.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says in one place which rows a reconciler works on and when. SQL is part of the program, never
 * input.
 */
public final class ReconcilerBuilder {

  /** With the lease of a row whose holder died it makes the longest pause. */
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

  final Reconcilers reconcilers;
  final String name;
  Duration interval = Duration.ofSeconds(2);
  Duration retryAfter = Duration.ofSeconds(3);
  int atOnce = 1;
  private final String table;
  private final List<String> topics = new ArrayList<>();
  private String where = "true";
  private String dueAt = "due_at";
  private @Nullable String order;

  ReconcilerBuilder(Reconcilers reconcilers, String name, String table) {
    this.reconcilers = reconcilers;
    this.name = name;
    this.table = table;
  }

  /** Which rows want work at all. */
  public ReconcilerBuilder where(String condition) {
    where = condition;
    return this;
  }

  /** The column that says when a row is due; it moves on when a row has to rest. */
  public ReconcilerBuilder dueAt(String column) {
    dueAt = column;
    return this;
  }

  /** Which of the due rows comes first; that which is due for longest, when nothing is said. */
  public ReconcilerBuilder orderedBy(String columns) {
    order = columns;
    return this;
  }

  /** How often due rows are looked for without a signal; never less often than every 5 s. */
  public ReconcilerBuilder every(Duration interval) {
    this.interval = interval.compareTo(LONGEST_INTERVAL) < 0 ? interval : LONGEST_INTERVAL;
    return this;
  }

  /** A topic of {@link Signals} after which rows may be due. */
  public ReconcilerBuilder wokenBy(String topic) {
    topics.add(topic);
    return this;
  }

  /** How many rows are worked on at the same time. */
  public ReconcilerBuilder atOnce(int rows) {
    atOnce = rows;
    return this;
  }

  /** How long a row rests whose step failed. */
  public ReconcilerBuilder retryAfter(Duration rest) {
    retryAfter = rest;
    return this;
  }

  /** For a step after which the row's own columns say when it is due. */
  public Reconciler each(Consumer<UUID> step) {
    return steps(
        row -> {
          step.accept(row.id());
          return Duration.ZERO;
        });
  }

  /** For a step that says itself how long the row rests. */
  public Reconciler steps(Step step) {
    Reconciler reconciler = new Reconciler(this, claims(), step);
    reconcilers.listen(name, topics, reconciler::wake);
    return reconciler;
  }

  /** For work on many rows together, by a {@link Loop} of its own. */
  public Claims claims() {
    return reconcilers.claims(name, table, where, dueAt, order == null ? dueAt : order);
  }

  /** A loop that takes such claims by itself; what a round leaves is given back. */
  public Loop loop(IntSupplier round) {
    Loop loop =
        new Loop(
            name,
            interval,
            () -> {
              try {
                return round.getAsInt();
              } finally {
                reconcilers.giveBack(name);
              }
            });
    reconcilers.listen(name, topics, loop::wake);
    return loop;
  }
}
