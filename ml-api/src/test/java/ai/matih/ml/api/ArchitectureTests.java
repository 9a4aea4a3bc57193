package ai.matih.ml.api;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.api")
        .edges("console", "door", "mlflow", "setup")
        .onlyIn("door", "org.apache.hc..")
        .onlyIn("token", "com.nimbusds..")
        .check();
  }
}
