package ai.matih.ml.api.door;

import ai.matih.ml.api.access.Admission;
import ai.matih.ml.api.access.Admit;
import ai.matih.ml.api.access.ApiKeys;
import ai.matih.ml.api.access.CallerUnknown;
import ai.matih.ml.api.access.SignedTokens;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Optional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Tells the services whose data plane is reached directly what the door would do with a caller. */
@RestController
@Tag(name = "internal", description = "Between the suite's services.")
class AdmissionController {

  private final Admit admit;
  private final DoorSettings.Limits limits;

  AdmissionController(Admit admit, DoorSettings settings) {
    this.admit = admit;
    this.limits = settings.limits();
  }

  /**
   * What a caller has shown.
   *
   * @param authorization the header as it was sent
   */
  record Shown(@NotNull @Size(max = 8192) String authorization) {}

  /**
   * The door's word.
   *
   * @param admitted left out when the caller stays outside
   */
  record AdmissionAnswer(Optional<AdmittedCaller> admitted) {}

  /**
   * A caller that the door lets in.
   *
   * @param token the internal token that the door would send on
   * @param limitedAs names the caller in the rate limits
   * @param perKey predictions and feature reads per second that the caller may send
   * @param perTenant the same of all callers of the tenant
   */
  record AdmittedCaller(String token, String limitedAs, double perKey, double perTenant) {}

  @PostMapping("/api/v1/ml/access/admissions")
  @Allow(Permission.INTERNAL_CALL)
  @Operation(
      summary = "Whether the door lets a caller in, and as whom",
      description = "A key is looked up for each call: a revocation shows at once.")
  AdmissionAnswer admission(@Valid @RequestBody Shown shown) {
    Admission admission;
    try {
      admission = admit.afresh(shown.authorization());
    } catch (CallerUnknown e) {
      return new AdmissionAnswer(Optional.empty());
    } catch (ApiKeys.StoreAway e) {
      throw DoorFilter.away(e);
    } catch (SignedTokens.IssuerAway e) {
      throw DoorFilter.away(e);
    }
    return new AdmissionAnswer(
        Optional.of(
            new AdmittedCaller(
                admission.token(),
                admission.limitedAs(),
                limits.inferencePerKey(),
                limits.inferencePerTenant())));
  }
}
