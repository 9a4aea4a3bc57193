package ai.matih.ml.api;

import ai.matih.ml.common.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void this_service_keeps_the_house_rules() {
    HouseRules.check(
        "ai.matih.ml.api",
        Set.of("door", "mlflow", "setup"),
        Map.of("door", List.of("org.apache.hc.."), "token", List.of("com.nimbusds..")));
  }
}
