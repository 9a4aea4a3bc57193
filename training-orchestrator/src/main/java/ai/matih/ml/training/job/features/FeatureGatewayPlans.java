package ai.matih.ml.training.job.features;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.job.FeaturePlan;
import ai.matih.ml.training.job.FeaturePlans;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.TrainingSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks feature-gateway, as this service and on behalf of the person who submitted the job. */
@Component
class FeatureGatewayPlans implements FeaturePlans {

  private static final String SERVICE = "feature-gateway";

  private final RestClient features;
  private final ServiceTokens tokens;

  FeatureGatewayPlans(EngineClients clients, Addresses addresses, ServiceTokens tokens) {
    this.features = clients.create(SERVICE, addresses.service("features"), EngineSettings.DEFAULT);
    this.tokens = tokens;
  }

  @Override
  public FeaturePlan plan(Job job) throws PlanRefused {
    TrainingSpecification.Join join = job.training().join().orElseThrow();
    Map<String, Object> body = new HashMap<>();
    join.features().ifPresent(references -> body.put("features", references));
    join.featureService().ifPresent(service -> body.put("feature_service", service));
    FeaturePlan plan;
    try {
      plan =
          features
              .post()
              .uri("/api/v1/ml/features/plan")
              .header(
                  HttpHeaders.AUTHORIZATION,
                  "Bearer " + tokens.forTenant(job.tenant(), Optional.of(job.submittedBy())))
              .contentType(MediaType.APPLICATION_JSON)
              .body(body)
              .retrieve()
              .body(FeaturePlan.class);
    } catch (EngineFailure.Refused e) {
      throw new PlanRefused(reason(e));
    } catch (EngineFailure.OutcomeUnknown e) {
      // A plan changes nothing; it is asked for again.
      throw new EngineFailure.Unavailable(SERVICE, e);
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
    return checked(job, plan);
  }

  /** A plan leads only to files of the tenant, whatever its sources were declared as. */
  private static FeaturePlan checked(Job job, @Nullable FeaturePlan plan) throws PlanRefused {
    if (plan == null || plan.views().isEmpty()) {
      throw new PlanRefused("The features name no view.");
    }
    for (FeaturePlan.View view : plan.views()) {
      try {
        if (!S3Uri.of(view.sourceUri()).belongsTo(job.tenant())) {
          throw new PlanRefused(
              "The source of view " + view.name() + " is not below the tenant's own prefix.");
        }
      } catch (IllegalArgumentException e) {
        throw new PlanRefused("The source of view " + view.name() + " is not a file on S3.");
      }
    }
    return plan;
  }

  /** Problems of our own services are written for people. */
  private static String reason(EngineFailure.Refused e) {
    try {
      JsonNode problem = EngineClients.LENIENT_JSON.readTree(e.body());
      List<String> parts =
          problem
              .path("violations")
              .valueStream()
              .map(v -> v.path("field").asString("") + " " + v.path("message").asString(""))
              .toList();
      String detail = problem.path("detail").asString("");
      if (!parts.isEmpty()) {
        return "The features cannot be joined: " + String.join("; ", parts) + ".";
      }
      return detail.isEmpty() ? "The features were refused." : detail;
    } catch (JacksonException _) {
      return "The features were refused.";
    }
  }
}
