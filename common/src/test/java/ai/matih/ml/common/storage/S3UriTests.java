package ai.matih.ml.common.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.tenant.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3UriTests {

  @Test
  void it_reads_and_writes_the_same_text() {
    assertThat(S3Uri.of("s3://datasets/acme/a/b.parquet"))
        .isEqualTo(new S3Uri("datasets", "acme/a/b.parquet"))
        .hasToString("s3://datasets/acme/a/b.parquet");
    assertThat(S3Uri.of("s3://models/acme/").resolve("x/y")).hasToString("s3://models/acme/x/y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3://datasets/acme/../globex/x",
        "s3://datasets/../x",
        "s3://datasets/acme//x",
        "s3://datasets/acme/./x",
        "s3://datasets/acme/\u0000x",
        "s3://datasets/acme\\x",
        "s3://d/x",
        "s3:///x",
        "https://datasets/x",
        "datasets/x",
        ""
      })
  void it_refuses_what_is_not_a_plain_place(String text) {
    assertThatThrownBy(() -> S3Uri.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void it_belongs_to_the_tenant_whose_prefix_it_has_and_to_no_longer_name() {
    S3Uri uri = S3Uri.of("s3://datasets/acme/x");
    assertThat(uri.belongsTo(new Tenant("acme"))).isTrue();
    assertThat(uri.belongsTo(new Tenant("ac"))).isFalse();
    assertThat(S3Uri.of("s3://datasets/acme-2/x").belongsTo(new Tenant("acme"))).isFalse();
  }
}
