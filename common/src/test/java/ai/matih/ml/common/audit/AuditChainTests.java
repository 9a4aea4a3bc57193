package ai.matih.ml.common.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tampering with a chain that was read once; the same code verifies what the database holds. */
class AuditChainTests {

  private static final int FLIPS = 10_000;
  private static final Instant START = Instant.parse("2026-11-25T10:00:00.000001Z");

  private final Random random = new Random(17);

  private static List<AuditRow> chain(int rows, int old) {
    List<AuditRow> chain = new ArrayList<>();
    String previous = AuditHead.START.hash();
    for (int seq = 1; seq <= rows; seq++) {
      AuditRow row =
          new AuditRow(
                  "acme",
                  seq,
                  START.plus(seq * 1_234_567L, ChronoUnit.MICROS),
                  "user:alice",
                  seq % 3 == 0 ? "stage.changed" : "evidence.recorded",
                  "models/churn/versions/" + seq,
                  seq % 7 == 0 ? "refused" : "done",
                  "{\"note\":\"Größe %d\"}".formatted(seq),
                  seq <= old ? Optional.empty() : Optional.of("%032x".formatted(seq * 7919L)),
                  "",
                  "")
              .chained(previous);
      chain.add(row);
      previous = row.hash();
    }
    return chain;
  }

  private static long firstBroken(List<AuditRow> rows, List<AuditRow> original) {
    AuditRow last = original.getLast();
    return AuditChain.firstBroken(rows.iterator(), new AuditHead(last.seq(), last.hash()));
  }

  @Test
  void a_chain_holds_as_it_was_written_also_across_the_change_of_its_hash() {
    assertThat(firstBroken(chain(30, 0), chain(30, 0))).isZero();
    List<AuditRow> mixed = chain(30, 12);
    assertThat(firstBroken(mixed, mixed)).isZero();
    assertThat(AuditChain.firstBroken(Collections.emptyIterator(), AuditHead.START)).isZero();
  }

  @Test
  void ten_thousand_of_ten_thousand_flipped_bits_are_found_at_their_row() {
    List<AuditRow> rows = chain(40, 10);
    int found = 0;
    for (int i = 0; i < FLIPS; i++) {
      int at = random.nextInt(rows.size());
      List<AuditRow> tampered = new ArrayList<>(rows);
      tampered.set(at, flip(rows.get(at), i % 11));
      if (firstBroken(tampered, rows) == at + 1) {
        found++;
      }
    }
    System.out.printf("audit: %,d of %,d flipped bits found%n", found, FLIPS);
    assertThat(found).isEqualTo(FLIPS);
  }

  @Test
  void rows_that_are_removed_inserted_or_reordered_are_found() {
    List<AuditRow> rows = chain(40, 0);
    for (int at = 0; at < rows.size(); at++) {
      List<AuditRow> removed = new ArrayList<>(rows);
      removed.remove(at);
      assertThat(firstBroken(removed, rows)).isEqualTo(at + 1);
      List<AuditRow> doubled = new ArrayList<>(rows);
      doubled.add(at, rows.get(at));
      assertThat(firstBroken(doubled, rows)).isEqualTo(at + 2);
      List<AuditRow> truncated = rows.subList(0, at);
      assertThat(firstBroken(truncated, rows)).isEqualTo(at + 1);
      int other = random.nextInt(rows.size());
      if (other != at) {
        List<AuditRow> swapped = new ArrayList<>(rows);
        Collections.swap(swapped, at, other);
        assertThat(firstBroken(swapped, rows)).isEqualTo(Math.min(at, other) + 1);
      }
    }
  }

  @Test
  void a_row_rewritten_with_its_own_hash_is_found_at_the_next_one() {
    List<AuditRow> rows = chain(10, 0);
    AuditRow old = rows.get(4);
    AuditRow forged = text(old, 7, "{}").chained(old.previousHash());
    rows.set(4, forged);
    assertThat(firstBroken(rows, chain(10, 0))).isEqualTo(6);
  }

  private AuditRow flip(AuditRow row, int column) {
    return switch (column) {
      case 0 -> text(row, 0, flip(row.tenant()));
      case 1 -> text(row, 1, Long.toString(row.seq() ^ (1L << random.nextInt(40))));
      case 2 -> text(row, 2, Long.toString(1L << random.nextInt(40)));
      case 3 -> text(row, 3, flip(row.principal()));
      case 4 -> text(row, 4, flip(row.action()));
      case 5 -> text(row, 5, flip(row.target()));
      case 6 -> text(row, 6, flip(row.outcome()));
      case 7 -> text(row, 7, flip(row.details()));
      case 8 -> text(row, 8, row.salt().map(this::flip).orElse("00"));
      case 9 -> text(row, 9, flip(row.previousHash()));
      default -> text(row, 10, flip(row.hash()));
    };
  }

  private static AuditRow text(AuditRow row, int column, String value) {
    return new AuditRow(
        column == 0 ? value : row.tenant(),
        column == 1 ? Long.parseLong(value) : row.seq(),
        column == 2 ? row.at().plus(Long.parseLong(value), ChronoUnit.MICROS) : row.at(),
        column == 3 ? value : row.principal(),
        column == 4 ? value : row.action(),
        column == 5 ? value : row.target(),
        column == 6 ? value : row.outcome(),
        column == 7 ? value : row.details(),
        column == 8 ? Optional.of(value) : row.salt(),
        column == 9 ? value : row.previousHash(),
        column == 10 ? value : row.hash());
  }

  private String flip(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
