package ai.matih.ml.registry;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.registry")
        .onlyIn("s3", "ai.matih.ml.common.storage..")
        // The one client for addresses that users give.
        .onlyIn("http", "okhttp3..")
        // The mirror in MLflow keeps its own store and page.
        .except("Mirrors", "MirrorController")
        .check();
  }
}
