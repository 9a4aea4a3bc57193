package ai.matih.ml.serving;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.serving")
        .edges("store", "dataplane", "openinference")
        .onlyIn("onnx", "ai.onnxruntime..")
        // A prediction needs no database.
        .keepAway("prediction", "..store..", "org.springframework.jdbc..", "jakarta.persistence..")
        // It is put together by its main method.
        .except("CheckProcess")
        .check();
  }
}
