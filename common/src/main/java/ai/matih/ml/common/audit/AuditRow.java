package ai.matih.ml.common.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One row of a tenant's audit chain.
 *
 * <p>The chain is hashed in two steps: a row's content has a hash of its own, and the chain covers
 * that. So a part of the chain can be proved with the content hashes alone of the rows between,
 * which tell nothing of them: the salt keeps their content from being guessed.
 *
 * @param seq 1, 2, 3, … within the tenant
 * @param outcome {@code done} or {@code refused}
 * @param details JSON, these very characters are hashed
 * @param salt random; absent in rows of earlier releases, which were hashed in one step
 * @param previousHash the hash of the row before
 */
public record AuditRow(
    String tenant,
    long seq,
    Instant at,
    String principal,
    String action,
    String target,
    String outcome,
    String details,
    Optional<String> salt,
    String previousHash,
    String hash) {

  /** The hash of what the row says, without its place in the chain; empty in old rows. */
  public Optional<String> contentHash() {
    return salt.map(
        random ->
            sha256(
                random,
                tenant,
                Long.toString(seq),
                at.toString(),
                principal,
                action,
                target,
                outcome,
                details));
  }

  /** The hash that this content has behind a row. */
  String hashBehind(String previous) {
    return contentHash()
        .map(content -> sha256(previous, content))
        .orElseGet(() -> hashOfEarlierReleases(previous));
  }

  AuditRow chained(String previous) {
    return new AuditRow(
        tenant,
        seq,
        at,
        principal,
        action,
        target,
        outcome,
        details,
        salt,
        previous,
        hashBehind(previous));
  }

  private String hashOfEarlierReleases(String previous) {
    StringBuilder text = new StringBuilder();
    for (String part :
        new String[] {
          previous,
          tenant,
          Long.toString(seq),
          at.toString(),
          principal,
          action,
          target,
          outcome,
          details
        }) {
      text.append(part.length()).append(':').append(part);
    }
    return hex(sha().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** Each part is preceded by its length in bytes, so that no two rows hash the same text. */
  private static String sha256(String... parts) {
    MessageDigest sha = sha();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      sha.update(bytes);
    }
    return hex(sha.digest());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
