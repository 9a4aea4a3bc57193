package ai.matih.ml.api.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTests {

  @Test
  void a_long_path_is_judged_like_a_short_one() {
    assertThat(RequestPath.isSafe("/" + "x".repeat(4_000))).isTrue();
    assertThat(RequestPath.isSafe("/x".repeat(2_000))).isTrue();
    assertThat(RequestPath.isSafe("/" + "x".repeat(4_000) + ";")).isFalse();
    assertThat(RequestPath.isSafe("/" + "x".repeat(5_000))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/ml/models",
        "/api/v1/ml/models/churn/",
        "/a/b%20c.txt",
        "/a/%C3%BC.json",
        "/a/x..y",
        "/a/.hidden",
        "/api/2.0/mlflow-artifacts/artifacts/w/a;b%25c%2Fd%5Ce[1]%0A",
        "/api/v1/ml/experiments/1/runs/r/artifacts/a;b%25.csv"
      })
  void an_ordinary_path_is_safe(String path) {
    assertThat(RequestPath.isSafe(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "/a/../b",
        "/a/..",
        "/a/./b",
        "/a/%2e%2e/b",
        "/a/%2E./b",
        "/a/.%2e/b",
        "/a//b",
        "/a;x=1/b",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%00b",
        "/a%0d%0ab",
        "/a%7fb",
        "/a%252e%252e/b",
        "/a\\b",
        "/a b",
        "/a%zz",
        "/a[1]",
        "/api/2.0/mlflow-artifacts/artifacts/w/../x",
        "/api/2.0/mlflow-artifacts/artifacts/w/%2e%2e/x",
        "/api/2.0/mlflow-artifacts/artifacts/w//x",
        "/api/2.0/mlflow-artifacts/artifacts/w/a%00b",
        "/a\u0001",
        "/ü"
      })
  void a_path_that_two_servers_may_read_differently_is_not(String path) {
    assertThat(RequestPath.isSafe(path)).isFalse();
  }
}
