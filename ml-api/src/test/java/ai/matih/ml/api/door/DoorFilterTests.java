package ai.matih.ml.api.door;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.api.access.AccessSettings;
import ai.matih.ml.api.access.Admission;
import ai.matih.ml.api.access.Admit;
import ai.matih.ml.api.access.InMemoryApiKeys;
import ai.matih.ml.api.access.KeyDirectory;
import ai.matih.ml.api.access.OidcSettings;
import ai.matih.ml.api.access.SealedCredentials;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.problem.ProblemWriter;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.testing.TestTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** In which order the door decides. */
class DoorFilterTests {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final DoorSettings SETTINGS =
      new DoorSettings(
          SECOND,
          SECOND,
          SECOND,
          1,
          DataSize.ofKilobytes(1),
          DataSize.ofKilobytes(1),
          Map.of(),
          new DoorSettings.Limits(1, 1, 0.5, 100, 100));
  private static final AccessSettings ACCESS =
      new AccessSettings(
          "",
          SECOND,
          SECOND,
          SECOND,
          SECOND,
          SECOND,
          SECOND,
          SECOND,
          1,
          SECOND,
          SECOND,
          new OidcSettings("", null, "a", "t", "r", "p"));

  private final Clock clock = Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);
  private final AtomicLong nanos = new AtomicLong();
  private final Set<UUID> usedLinks = new HashSet<>();
  private final SealedCredentials sealed =
      new SealedCredentials(TestTokens.signer("ml-api")::derivedSecret, clock);
  private final DoorFilter door =
      new DoorFilter(
          new Admit(
              new KeyDirectory(new InMemoryApiKeys(), TestTokens.signer("ml-api"), ACCESS, clock),
              _ ->
                  Optional.of(
                      new Admission(new Tenant("acme"), "user:a", Set.of(Role.VIEWER), "token")),
              sealed,
              (link, _) -> usedLinks.add(link)),
          new RateLimits(SETTINGS.limits(), nanos::get),
          new Services(
              new Addresses(
                  Arrays.stream(Destination.values())
                      .collect(toMap(Destination::service, _ -> "http://nobody")),
                  Map.of()),
              SETTINGS,
              new Forwarder(SECOND, SECOND)),
          new ProblemWriter(JsonMapper.builder().build()));

  @Test
  void a_caller_that_asks_too_often_keeps_its_sign_in_link() throws Exception {
    String link = sealed.seal(SealedCredentials.Kind.LINK, "Bearer a.b.c", SECOND);
    assertThat(shows("a.b.c")).isEqualTo(200);

    assertThat(shows(link)).isEqualTo(429);
    assertThat(usedLinks).isEmpty();

    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(shows(link)).isEqualTo(200);
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(shows(link)).isEqualTo(401);
  }

  private int shows(String credential) throws Exception {
    MockHttpServletRequest request =
        new MockHttpServletRequest("POST", "/api/v1/ml/access/sessions");
    request.addHeader("Authorization", "Bearer " + credential);
    MockHttpServletResponse response = new MockHttpServletResponse();
    door.doFilter(request, response, (_, _) -> response.setStatus(200));
    return response.getStatus();
  }
}
