package ai.matih.ml.features;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.features")
        .edges("feast")
        .onlyIn("feast", "com.google.protobuf..", "ai.matih.ml.features.feast..")
        // A declaration is what a caller sends.
        .annotatedWith("jakarta.validation..")
        .check();
  }
}
