package ai.matih.ml.api.access;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.security.TokenClaims;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.tenant.Tenant;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers "whose key is this" from memory, never older than a revocation may take to show.
 *
 * <p>One caller looks a key up again while the others go on with what is known; only past {@code
 * trustFor} does everybody wait. While the database is away, keys that were valid keep working for
 * {@code outageTrust}.
 */
public final class KeyDirectory {

  private static final Logger log = LoggerFactory.getLogger(KeyDirectory.class);
  private static final int MAX_KNOWN = 50_000;
  private static final UUID BOOTSTRAP_ID = new UUID(0, 0);

  /**
   * What was found, and the internal token made from it.
   *
   * @param seenAt when the store said so
   * @param askedAt when it was last asked, with or without an answer
   */
  private record Known(
      Optional<ApiKey> key,
      Instant seenAt,
      Instant askedAt,
      Optional<Admission> admission,
      Instant tokenMadeAt) {

    static final Known NOTHING =
        new Known(Optional.empty(), Instant.EPOCH, Instant.EPOCH, Optional.empty(), Instant.EPOCH);
  }

  private static final class Slot {
    private final ReentrantLock lookup = new ReentrantLock();
    private volatile Known known = Known.NOTHING;
  }

  private final ApiKeys keys;
  private final TokenSigner signer;
  private final AccessSettings settings;
  private final Clock clock;
  private final Cache<String, Slot> slots = Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();
  private final Map<UUID, Instant> lastUses = new ConcurrentHashMap<>();

  public KeyDirectory(ApiKeys keys, TokenSigner signer, AccessSettings settings, Clock clock) {
    this.keys = keys;
    this.signer = signer;
    this.settings = settings;
    this.clock = clock;
  }

  /** Empty when no valid key has this secret. */
  public Optional<Admission> admit(KeySecret secret) {
    return admit(secret, settings.refreshAfter(), settings.trustFor());
  }

  private Optional<Admission> admit(KeySecret secret, Duration refreshAfter, Duration trustFor) {
    String hash = secret.sha256();
    Instant now = clock.instant();
    Slot slot = slots.get(hash, _ -> new Slot());
    Known known = slot.known;
    Duration age = Duration.between(known.askedAt(), now);
    if (age.compareTo(refreshAfter) >= 0) {
      if (age.compareTo(trustFor) >= 0) {
        slot.lookup.lock();
      }
      if (slot.lookup.isHeldByCurrentThread() || slot.lookup.tryLock()) {
        try {
          if (slot.known.askedAt().equals(known.askedAt())) {
            slot.known = look(hash, known, now);
          }
        } finally {
          slot.lookup.unlock();
        }
      }
      known = slot.known;
    }
    if (known.key().filter(key -> key.isValid(now)).isEmpty()) {
      return Optional.empty();
    }
    known.key().ifPresent(key -> lastUses.put(key.id(), now));
    return known.admission();
  }

  /** Looks a key up now; for those who remember the answer themselves. */
  public Optional<Admission> admitAfresh(KeySecret secret) {
    return admit(secret, Duration.ZERO, Duration.ZERO);
  }

  /** Forgets a key at once on this replica; the others see the change within {@code trustFor}. */
  public void forget(String hash) {
    slots.invalidate(hash);
  }

  /** Writes down what was used since the last time. */
  public void writeLastUses() {
    lastUses.remove(BOOTSTRAP_ID);
    Map<UUID, Instant> uses = new HashMap<>(lastUses);
    if (!uses.isEmpty()) {
      keys.used(uses);
      uses.forEach(lastUses::remove);
    }
  }

  private Known look(String hash, Known known, Instant now) {
    Optional<ApiKey> found;
    try {
      found =
          hash.equals(settings.bootstrapKeySha256())
              ? Optional.of(bootstrapKey(hash))
              : keys.byHash(hash);
    } catch (ApiKeys.StoreAway e) {
      if (known.key().isPresent() && known.seenAt().plus(settings.outageTrust()).isAfter(now)) {
        log.warn("the key store is away, a known key is trusted on: {}", e.toString());
        return admitted(known.key(), known, now, known.seenAt());
      }
      throw e;
    }
    return admitted(found, known, now, now);
  }

  private Known admitted(Optional<ApiKey> found, Known known, Instant now, Instant seenAt) {
    boolean tokenServes =
        known.key().equals(found)
            && known.admission().isPresent()
            && known.tokenMadeAt().plus(settings.tokenReuse()).isAfter(now);
    return tokenServes
        ? new Known(found, seenAt, now, known.admission(), known.tokenMadeAt())
        : new Known(
            found, seenAt, now, found.filter(key -> key.isValid(now)).map(this::admission), now);
  }

  private Admission admission(ApiKey key) {
    String token =
        signer.sign(
            key.tenant(),
            key.principal().name(),
            Set.of(key.role()),
            settings.tokenLife(),
            Map.of(
                TokenClaims.KEY_ID, key.id().toString(), TokenClaims.KEY_MADE_BY, key.createdBy()));
    return new Admission(key.tenant(), key.id().toString(), Set.of(key.role()), token);
  }

  private ApiKey bootstrapKey(String hash) {
    return new ApiKey(
        BOOTSTRAP_ID,
        new Tenant("default"),
        "bootstrap",
        new Principal("user:admin"),
        Role.ADMIN,
        hash,
        "user:admin",
        Optional.empty(),
        Instant.EPOCH,
        Instant.MAX,
        Optional.empty(),
        Optional.empty());
  }
}
