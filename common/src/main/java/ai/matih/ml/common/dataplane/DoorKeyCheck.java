package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Asks ml-api. */
final class DoorKeyCheck implements KeyCheck {

  static final String SERVICE = "api";

  /** Whose the call is does not matter: the answer says whose the credential is. */
  private static final Tenant ANY = new Tenant("default");

  private final RestClient door;

  DoorKeyCheck(RestClient door) {
    this.door = door;
  }

  private record Shown(String authorization) {}

  private record Answer(Optional<Known> admitted) {}

  @Override
  public Optional<Known> check(String authorization) {
    Answer answer =
        TenantScope.call(
            ANY,
            () ->
                door.post()
                    .uri("/api/v1/ml/access/admissions")
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(new Shown(authorization))
                    .retrieve()
                    .body(Answer.class));
    if (answer == null) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "an empty answer");
    }
    return answer.admitted();
  }
}
