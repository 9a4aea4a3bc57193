package ai.matih.ml.api;

import ai.matih.ml.api.access.Principal;
import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.TrackingLimits;
import ai.matih.ml.common.ApiForms;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import java.util.Arrays;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths, queries and bodies may hold. */
@Configuration
class ApiConfiguration {

  private static final String FILE = "[^#\\x00-\\x1f\\x7f]*";
  private static final String RUN = "[0-9a-f]{32}";

  @Bean
  ApiForms apiForms() {
    return bodies(
        ApiForms.none()
            .text("/api/v1/ml/experiments/", "id", "[0-9]{1,19}", 19)
            .text("/api/v1/ml/experiments/", "run_id", RUN, 32)
            .text("/api/v1/ml/experiments/", "path", FILE, ArtifactPath.MAX_BYTES)
            .text("/api/v1/ml/experiments/", "filter", "[^\\x00]*", 4000)
            .text(
                "/api/v1/ml/experiments",
                "name_contains",
                "[^'\"%\\\\`\\x00-\\x1f\\x7f]{0,100}",
                100)
            .oneOf("/api/v1/ml/experiments", "lifecycle_stage", List.of("active", "deleted"))
            .text("/api/v1/ml/keys", "tenant", Tenant.PATTERN, 32));
  }

  private static ApiForms bodies(ApiForms parameters) {
    ApiForms forms =
        parameters
            .field("ComparisonWanted", "run_ids", RUN, 32)
            .field("MetricWanted", "key", TrackingLimits.KEY_PATTERN, TrackingLimits.KEY)
            .field(
                "KeyWanted",
                "name",
                "[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x20\\x7f][^\\x00-\\x1f\\x7f]*",
                100)
            .field("KeyWanted", "principal", Principal.PATTERN, 105)
            .field("KeyWanted", "tenant", Tenant.PATTERN, 32)
            .field(
                "KeyWanted",
                "role",
                Arrays.stream(Role.values()).filter(Role::isAssignable).map(Role::wire).toList());
    for (String body : List.of("ExperimentWanted", "ExperimentChange")) {
      forms = names(forms, body, "tags", TrackingLimits.EXPERIMENT_TAG_VALUE);
    }
    for (String body : List.of("RunWanted", "RunChange", "LogWanted")) {
      forms = names(forms, body, "tags", TrackingLimits.TAG_VALUE);
    }
    for (String body : List.of("RunWanted", "LogWanted")) {
      forms = names(forms, body, "params", TrackingLimits.PARAM_VALUE);
    }
    return forms;
  }

  private static ApiForms names(ApiForms forms, String body, String map, int values) {
    return forms.map(body, map, TrackingLimits.KEY_PATTERN, TrackingLimits.KEY, values);
  }
}
