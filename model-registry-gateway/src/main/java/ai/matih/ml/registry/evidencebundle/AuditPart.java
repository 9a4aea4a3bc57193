package ai.matih.ml.registry.evidencebundle;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.audit.AuditRow;
import ai.matih.ml.registry.promotion.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The rows of the tenant's audit chain about one transition, with what proves that they stand in
 * the chain in this order: of all rows between them the content hashes, which say nothing of those
 * rows.
 *
 * @param previousHash of the row before the first
 * @param contentHashes of every row from the first to the last, shown or not
 * @param lastHash the chain's hash at the last row
 */
record AuditPart(
    List<AuditRow> shown,
    long firstSeq,
    String previousHash,
    List<String> contentHashes,
    String lastHash) {

  /** What follows an end in its own transaction is among the next rows. */
  private static final int BEHIND_THE_END = 100;

  AuditPart {
    shown = List.copyOf(shown);
    contentHashes = List.copyOf(contentHashes);
  }

  /**
   * Reads the part. For a transition that has ended it is always the same.
   *
   * @param version path of the version that moves; its registration belongs to it
   * @param evidence paths of the reports
   * @param maxSpan rows from the first to the last
   */
  static Optional<AuditPart> read(
      Audit audit,
      Transition transition,
      String version,
      Collection<String> evidence,
      int maxSpan) {
    List<String> targets = new ArrayList<>(evidence);
    targets.add(transition.path());
    targets.add(override(transition));
    targets.add(version);
    Predicate<AuditRow> belongs =
        row ->
            row.target().equals(transition.path())
                || row.target().equals(override(transition))
                || evidence.contains(row.target())
                || (row.target().equals(version) && row.action().equals("version.registered"))
                || row.details().contains(transition.id().toString());
    List<AuditRow> related = audit.about(targets).stream().filter(belongs).toList();
    if (related.isEmpty()) {
      return Optional.empty();
    }
    long last = last(audit, transition, related, belongs);
    long first = Math.max(related.getFirst().seq(), last - maxSpan + 1);
    List<AuditRow> span = audit.between(first, last);
    // Rows of earlier releases cannot be hidden behind a hash of their own.
    int begin = 0;
    for (int i = 0; i < span.size(); i++) {
      if (span.get(i).salt().isEmpty()) {
        begin = i + 1;
      }
    }
    span = span.subList(begin, span.size());
    if (span.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AuditPart(
            span.stream().filter(belongs).toList(),
            span.getFirst().seq(),
            span.getFirst().previousHash(),
            span.stream().flatMap(row -> row.contentHash().stream()).toList(),
            span.getLast().hash()));
  }

  private static long last(
      Audit audit, Transition transition, List<AuditRow> related, Predicate<AuditRow> belongs) {
    Optional<AuditRow> ended = related.stream().filter(row -> isEnd(row, transition)).findFirst();
    if (!transition.state().isOver() || ended.isEmpty()) {
      return related.getLast().seq();
    }
    long at = ended.get().seq();
    return audit.between(at + 1, at + BEHIND_THE_END).stream()
        .filter(row -> row.action().equals("stage.changed"))
        .filter(belongs)
        .mapToLong(AuditRow::seq)
        .max()
        .stream()
        .map(moved -> Math.max(moved, settled(related, transition)))
        .findFirst()
        .orElse(at);
  }

  /** Whether a row tells of the transition's end. */
  static boolean isEnd(AuditRow row, Transition transition) {
    return row.target().equals(transition.path())
        && row.action()
            .equals("transition." + transition.state().name().toLowerCase(java.util.Locale.ROOT))
        && row.outcome().equals("done");
  }

  /** The last row of an override, whose confirmation comes after the move. */
  private static long settled(List<AuditRow> related, Transition transition) {
    return related.stream()
        .filter(row -> row.target().equals(override(transition)))
        .filter(row -> row.outcome().equals("done"))
        .mapToLong(AuditRow::seq)
        .max()
        .orElse(0);
  }

  private static String override(Transition transition) {
    return transition.path() + "/override";
  }

  /** One line per row: its number and the hash of its content, after a line with what is before. */
  String chainText() {
    StringBuilder text = new StringBuilder("%d %s\n".formatted(firstSeq - 1, previousHash));
    for (int i = 0; i < contentHashes.size(); i++) {
      text.append(firstSeq + i).append(' ').append(contentHashes.get(i)).append('\n');
    }
    return text.toString();
  }
}
