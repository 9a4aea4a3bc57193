package ai.matih.ml.serving.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.deployment.HostingChange.Replicas;
import ai.matih.ml.serving.deployment.HostingChange.Resources;
import ai.matih.ml.serving.engine.Hosting;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostingChangeTests {

  private static final Hosting KNOWN =
      new Hosting(2, 5, Optional.of(8), Optional.of(0.5), 1, Optional.of(1L << 30));
  private static final Optional<Replicas> REPLICAS =
      Optional.of(new Replicas(1, 3, Optional.empty()));
  private static final Optional<Resources> RESOURCES =
      Optional.of(new Resources(Optional.of(2.0), 0, Optional.empty()));

  @Test
  void leaves_everything_that_is_not_named() {
    assertThat(HostingChange.NONE.applyTo(KNOWN)).isEqualTo(KNOWN);
    assertThat(HostingChange.NONE.applyTo(Hosting.DEFAULT)).isEqualTo(Hosting.DEFAULT);
  }

  @Test
  void new_resources_leave_the_number_of_copies() {
    assertThat(new HostingChange(Optional.empty(), RESOURCES).applyTo(KNOWN))
        .isEqualTo(new Hosting(2, 5, Optional.of(8), Optional.of(2.0), 0, Optional.empty()));
  }

  @Test
  void another_number_of_copies_leaves_their_resources() {
    assertThat(new HostingChange(REPLICAS, Optional.empty()).applyTo(KNOWN))
        .isEqualTo(new Hosting(1, 3, Optional.empty(), Optional.of(0.5), 1, Optional.of(1L << 30)));
  }

  @Test
  void both_replace_both() {
    assertThat(new HostingChange(REPLICAS, RESOURCES).applyTo(KNOWN))
        .isEqualTo(new Hosting(1, 3, Optional.empty(), Optional.of(2.0), 0, Optional.empty()));
  }
}
