package ai.matih.ml.training;

import ai.matih.ml.common.testing.HouseRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The architecture of this service. */
class ArchitectureTests {

  @Test
  void keeps_the_rules_of_the_house() {
    HouseRules.check(
        "ai.matih.ml.training",
        Set.of("testing"),
        Map.of(
            "duckdb", List.of("org.duckdb.."),
            "kuberay", List.of("io.kubernetes.."),
            "store", List.of("jakarta.persistence..", "org.hibernate..")));
  }
}
