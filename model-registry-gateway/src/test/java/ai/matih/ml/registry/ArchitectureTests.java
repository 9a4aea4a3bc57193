package ai.matih.ml.registry;

import ai.matih.ml.common.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void the_service_keeps_the_rules_of_the_house() {
    HouseRules.check(
        "ai.matih.ml.registry",
        Set.of(),
        Map.of(
            "s3", List.of("ai.matih.ml.common.storage.."),
            // The one client for addresses that users give.
            "http", List.of("okhttp3..")));
  }
}
