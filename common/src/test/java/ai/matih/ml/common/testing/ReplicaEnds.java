package ai.matih.ml.common.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Ends a replica in the middle of its work, and measures how long nobody goes on. */
public final class ReplicaEnds {

  /** After an orderly end another replica goes on within this. */
  public static final Duration AT_ONCE = Duration.ofSeconds(6);

  /** After a crash another replica goes on within this. */
  public static final Duration AFTER_A_CRASH = Duration.ofSeconds(15);

  private ReplicaEnds() {}

  /**
   * Kills a replica, as its database sees it: from now on nothing comes from it. What it holds it
   * can neither renew nor give back.
   */
  public static void kill(ConfigurableApplicationContext replica) {
    try {
      replica.getBean(DataSource.class).unwrap(HikariDataSource.class).close();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException("the replica's connections cannot be closed", e);
    }
  }

  /**
   * How long it takes from the end of one replica until another goes on; fails when that is longer
   * than {@code most}.
   *
   * @param end ends or kills the first replica; it may take as long as an orderly end does
   */
  public static Duration pause(Runnable end, BooleanSupplier goesOn, Duration most) {
    long begin = System.nanoTime();
    Thread ending = Thread.ofVirtual().start(end);
    await("somebody goes on", goesOn, most);
    Duration pause = Duration.ofNanos(System.nanoTime() - begin);
    await("the end is over", () -> !ending.isAlive(), Duration.ofSeconds(60));
    return pause;
  }

  /** Waits until something is so; fails when it is not within {@code most}. */
  public static void await(String what, BooleanSupplier so, Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as(what + " within " + most).isNegative();
      Thread.onSpinWait();
    }
  }
}
