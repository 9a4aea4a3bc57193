package ai.matih.ml.serving;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.serving")
        .edges("store")
        .onlyIn("onnx", "ai.onnxruntime..")
        // A prediction needs no database.
        .keepAway("prediction", "..store..", "org.springframework.jdbc..", "jakarta.persistence..")
        // One is put together by its main method; two ask S3Bundles whose bundle it is.
        .except("CheckProcess", "BundleCheckController", "RegistryOverRest")
        .check();
  }
}
