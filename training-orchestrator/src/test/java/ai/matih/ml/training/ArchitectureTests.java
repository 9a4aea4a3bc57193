package ai.matih.ml.training;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.training")
        .onlyIn("duckdb", "org.duckdb..")
        .onlyIn("kuberay", "io.kubernetes..")
        .check();
  }
}
