package ai.matih.ml.common.reconcile;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Wakes background work on every replica when something was committed, by PostgreSQL's NOTIFY.
 *
 * <p>A signal is a hint: it may be lost while the connection is away, so after each reconnect every
 * listener is woken, and loops also look by interval.
 */
public final class Signals implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);
  private static final int WAIT_MILLIS = 1_000;
  private static final Duration RECONNECT_AFTER = Duration.ofSeconds(2);

  private final JdbcClient sql;
  private final DriverManagerDataSource direct;
  private final Map<String, List<Runnable>> listeners = new ConcurrentHashMap<>();
  private final Map<String, List<Consumer<Optional<String>>>> detailed = new ConcurrentHashMap<>();
  private volatile boolean listening;
  private volatile boolean running;
  private volatile @Nullable Thread thread;

  /**
   * @param direct opens the one connection that listens, apart from the pool
   */
  public Signals(JdbcClient sql, DriverManagerDataSource direct) {
    this.sql = sql;
    this.direct = direct;
  }

  /** Wakes the listeners of a topic on every replica once the current transaction commits. */
  public void send(String topic) {
    sql.sql("select pg_notify('matih_' || current_schema(), ?)").param(topic).query().listOfRows();
  }

  public void listen(String topic, Runnable wake) {
    listeners.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>()).add(wake);
  }

  /**
   * Hears of changes that the database itself announces, by a trigger that notifies {@code
   * topic:detail}.
   *
   * @param heard the detail; empty when some may have been missed, which is so after the connection
   *     broke and again once it is back
   */
  public void listenToDetails(String topic, Consumer<Optional<String>> heard) {
    detailed.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>()).add(heard);
  }

  /** Whether signals arrive now; while not, nothing that was heard before can be relied on. */
  public boolean isListening() {
    return listening;
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("signals").start(this::receive);
  }

  private void receive() {
    while (running) {
      try (Connection connection = direct.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "do $$ begin execute format('listen %I', 'matih_' || current_schema()); end $$");
        missed();
        listening = true;
        wakeAll();
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (running) {
          for (PGNotification note : postgres.getNotifications(WAIT_MILLIS)) {
            heard(note.getParameter());
          }
        }
      } catch (SQLException e) {
        if (running) {
          log.warn("The signal connection is away ({}); loops go on by interval", e.getMessage());
          pause();
        }
      } finally {
        listening = false;
        missed();
      }
    }
  }

  private void heard(String signal) {
    int colon = signal.indexOf(':');
    if (colon < 0) {
      listeners.getOrDefault(signal, List.of()).forEach(Runnable::run);
      return;
    }
    Optional<String> detail = Optional.of(signal.substring(colon + 1));
    detailed.getOrDefault(signal.substring(0, colon), List.of()).forEach(to -> to.accept(detail));
  }

  private void missed() {
    detailed.values().forEach(all -> all.forEach(to -> to.accept(Optional.empty())));
  }

  private void wakeAll() {
    listeners.values().forEach(all -> all.forEach(Runnable::run));
  }

  private static void pause() {
    try {
      Thread.sleep(RECONNECT_AFTER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    running = false;
    Thread current = thread;
    if (current != null) {
      current.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Ends after {@link Reconcilers}: Spring ends with a thing whatever depends on it. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 2;
  }
}
