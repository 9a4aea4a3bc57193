package ai.matih.ml.common;

import ai.matih.ml.common.testing.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

  @Test
  void keeps_the_house_rules() {
    HouseRules.of("ai.matih.ml.common")
        .edges(
            "audit",
            "dataplane",
            "http",
            "idempotency",
            "limit",
            "outbox",
            "page",
            "problem",
            "reconcile",
            "security",
            "storage",
            "tenant",
            "trace",
            "transaction",
            "web")
        .onlyIn("dataplane", "io.netty..")
        .onlyIn("storage", "io.minio..", "okhttp3..")
        .onlyIn("http", "io.github.resilience4j..")
        .onlyIn("security", "com.nimbusds..")
        .check();
  }
}
