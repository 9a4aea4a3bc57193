package ai.matih.ml.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.api.RememberingAudit;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Making, using and revoking keys. */
class KeyTests {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Tenant ACME = new Tenant("acme");
  private static final AccessSettings SETTINGS =
      new AccessSettings(
          "",
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          Duration.ofSeconds(60),
          Duration.ofDays(90),
          Duration.ofDays(365),
          2,
          Duration.ofHours(8),
          Duration.ofMinutes(15),
          new OidcSettings("", null, "a", "t", "r", "p"));

  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private final InMemoryApiKeys keys = new InMemoryApiKeys();
  private final Set<Tenant> workspaces = new HashSet<>();
  private final RememberingAudit audit = new RememberingAudit();
  private final Transactions transactions =
      new Transactions() {
        @Override
        public <T> T call(Supplier<T> work) {
          return work.get();
        }
      };
  private final KeyDirectory directory =
      new KeyDirectory(keys, TestTokens.signer("ml-api"), SETTINGS, clock);
  private final MakeKey make =
      new MakeKey(keys, workspaces::add, transactions, audit, SETTINGS, clock);
  private final RevokeKey revoke = new RevokeKey(keys, directory, transactions, audit, clock);
  private final SealedCredentials sealed =
      new SealedCredentials(TestTokens.signer("ml-api")::derivedSecret, clock);
  private final Set<UUID> usedLinks = new HashSet<>();
  private final Admit admit =
      new Admit(directory, _ -> Optional.empty(), sealed, (link, _) -> usedLinks.add(link));

  @Test
  void a_key_that_was_made_opens_the_door_until_it_is_revoked() {
    MakeKey.Made made = make.make(wanted("one", Optional.empty()), caller("acme"));
    String header = "Bearer " + made.secret().orElseThrow().text();

    assertThat(admit.by(header).roles()).containsExactly(Role.VIEWER);
    assertThat(made.key().expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(90)));
    assertThat(workspaces).containsExactly(ACME);
    assertThat(keys.tenants).containsExactly(ACME);

    revoke.revoke(made.key().id());
    revoke.revoke(made.key().id());
    assertThatExceptionOfType(CallerUnknown.class).isThrownBy(() -> admit.by(header));
    assertThat(audit.actions).containsExactly("key.made", "key.revoked", "key.revoked");
  }

  @Test
  void a_link_is_admitted_until_it_is_spent() {
    MakeKey.Made made = make.make(wanted("one", Optional.empty()), caller("acme"));
    String key = "Bearer " + made.secret().orElseThrow().text();
    String link = "Bearer " + sealed.seal(SealedCredentials.Kind.LINK, key, Duration.ofMinutes(15));

    admit.by(link);
    Admission admission = admit.by(link);
    admit.spend(key, admission);
    admit.spend(link, admission);

    assertThatExceptionOfType(CallerUnknown.class)
        .isThrownBy(() -> admit.spend(link, admission))
        .withMessageContaining("used before");
    assertThatExceptionOfType(CallerUnknown.class).isThrownBy(() -> admit.afresh(link));
    assertThat(usedLinks).hasSize(1);
  }

  @Test
  void a_repeat_of_the_request_gives_the_key_without_its_secret() {
    MakeKey.Made first = make.make(wanted("one", Optional.of("r")), caller("acme"));
    MakeKey.Made second = make.make(wanted("one", Optional.of("r")), caller("acme"));

    assertThat(second.key()).isEqualTo(first.key());
    assertThat(second.secret()).isEmpty();
    refused(
        CommonError.IDEMPOTENCY_KEY_REUSED,
        () -> make.make(wanted("other", Optional.of("r")), caller("acme")));
  }

  @Test
  void a_tenant_has_only_so_many() {
    make.make(wanted("one", Optional.empty()), caller("acme"));
    make.make(wanted("two", Optional.empty()), caller("acme"));

    refused(
        ApiError.KEY_LIMIT_REACHED,
        () -> make.make(wanted("three", Optional.empty()), caller("acme")));
  }

  @Test
  void only_the_platforms_tenant_makes_keys_for_others() {
    MakeKey.Wanted foreign =
        new MakeKey.Wanted(
            "one",
            Role.ADMIN,
            Optional.empty(),
            Optional.of(new Tenant("globex")),
            Optional.empty(),
            Optional.empty());

    refused(ApiError.FOREIGN_TENANT, () -> make.make(foreign, caller("acme")));
    assertThat(make.make(foreign, caller("default")).key().tenant())
        .isEqualTo(new Tenant("globex"));
  }

  @Test
  void a_role_of_the_suites_own_parts_and_an_expiry_out_of_range_are_refused() {
    refused(
        CommonError.INVALID_REQUEST,
        () -> make.make(wanted(Role.SERVICE, Optional.empty()), caller("acme")));
    for (Instant expiry : new Instant[] {NOW, NOW.plus(Duration.ofDays(366))}) {
      refused(
          CommonError.INVALID_REQUEST,
          () -> make.make(wanted(Role.VIEWER, Optional.of(expiry)), caller("acme")));
    }
    assertThat(make.make(wanted(Role.VIEWER, Optional.of(NOW.plusSeconds(1))), caller("acme")))
        .isNotNull();
  }

  @Test
  void an_unknown_key_cannot_be_revoked_and_strangers_stay_outside() {
    refused(ApiError.KEY_NOT_FOUND, () -> revoke.revoke(new UUID(7, 7)));
    for (String header :
        new String[] {"", "Bearer", "Bearer mlk_" + "x".repeat(40), "Bearer a.b.c"}) {
      assertThatExceptionOfType(CallerUnknown.class).isThrownBy(() -> admit.by(header));
    }
    assertThatExceptionOfType(CallerUnknown.class).isThrownBy(() -> admit.by(null));
  }

  private static void refused(ErrorCode code, Runnable act) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(act::run)
        .satisfies(problem -> assertThat(problem.error()).isEqualTo(code));
  }

  private static MakeKey.Wanted wanted(String name, Optional<String> request) {
    return new MakeKey.Wanted(
        name, Role.VIEWER, Optional.empty(), Optional.empty(), Optional.empty(), request);
  }

  private static MakeKey.Wanted wanted(Role role, Optional<Instant> expiry) {
    return new MakeKey.Wanted(
        "n", role, Optional.empty(), Optional.empty(), expiry, Optional.empty());
  }

  private static Caller caller(String tenant) {
    return new Caller(
        new Tenant(tenant),
        "user:admin",
        Set.of(Role.ADMIN),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "token");
  }
}
