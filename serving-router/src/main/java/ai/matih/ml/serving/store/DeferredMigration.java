package ai.matih.ml.serving.store;

import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.exception.FlywaySqlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.stereotype.Component;

/**
 * Migrates at the start, or as soon as the database is there: predictions do not wait for it. A
 * migration that is wrong, as opposed to a database that is away, stops the start.
 */
@Component
class DeferredMigration implements FlywayMigrationStrategy {

  private static final Logger log = LoggerFactory.getLogger(DeferredMigration.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Override
  public void migrate(Flyway flyway) {
    try {
      flyway.migrate();
    } catch (FlywaySqlException away) {
      log.warn("the database is away; its schema is brought up to date when it is back");
      Thread.ofPlatform().name("late-migration").daemon().start(() -> migrateLate(flyway));
    }
  }

  private static void migrateLate(Flyway flyway) {
    while (true) {
      try {
        Thread.sleep(PAUSE);
        flyway.migrate();
        return;
      } catch (InterruptedException e) {
        return;
      } catch (FlywaySqlException stillAway) {
        log.debug("the database is still away");
      } catch (FlywayException wrong) {
        log.error("the schema cannot be brought up to date", wrong);
        return;
      }
    }
  }
}
