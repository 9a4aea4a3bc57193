package ai.matih.ml.common.sample;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.Database;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

@SpringBootApplication
public class SampleService {

  /** What the outbox delivered, in order. */
  static final Queue<OutboxEvent> DELIVERED = new ConcurrentLinkedQueue<>();

  /** Deliveries that fail before one succeeds. */
  static final AtomicInteger FAILURES_LEFT = new AtomicInteger();

  /** Calls of the handler that talks to an engine. */
  static final AtomicInteger ENGINE_CALLS = new AtomicInteger();

  /** Starts a replica on a database. */
  static ConfigurableApplicationContext start(Database database, Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(TestTokens.properties("model-registry-gateway"));
    properties.put("server.port", "0");
    properties.put("spring.config.import", "classpath:matih-common.yaml");
    properties.put("spring.flyway.locations", "classpath:db/common,classpath:db/sample");
    properties.put("DATABASE_URL", database.url());
    properties.put("DATABASE_USER", database.user());
    properties.put("DATABASE_PASSWORD", database.password());
    properties.put("management.server.port", "");
    properties.putAll(more);
    SpringApplication application = new SpringApplication(SampleService.class);
    application.setDefaultProperties(properties);
    return application.run(
        properties.entrySet().stream()
            .map(e -> "--" + e.getKey() + "=" + e.getValue())
            .toArray(String[]::new));
  }

  enum Colour {
    RED,
    DARK_BLUE
  }

  record NewNote(@NotBlank String text, @Positive int lineCount, Optional<Colour> colour) {}

  record Note(long id, String text, int lineCount, Optional<Colour> colour) {}

  @Bean
  OutboxHandler noteWritten() {
    return new OutboxHandler() {
      @Override
      public String type() {
        return "note.written";
      }

      @Override
      public void handle(OutboxEvent event) {
        if (FAILURES_LEFT.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
          throw new IllegalStateException("the receiver is away");
        }
        DELIVERED.add(event);
      }
    };
  }

  @RestController
  @RequestMapping("/api/v1/ml/notes")
  static class NoteController {
    private final JdbcClient sql;
    private final Audit audit;
    private final Outbox outbox;
    private final RestClient engine;
    private final TransactionTemplate reading;

    NoteController(
        JdbcClient sql,
        Audit audit,
        Outbox outbox,
        EngineClients engines,
        Environment environment,
        PlatformTransactionManager transactions) {
      this.sql = sql;
      this.audit = audit;
      this.outbox = outbox;
      this.reading = new TransactionTemplate(transactions);
      this.engine =
          engines.create(
              "printer",
              environment.getProperty("sample.printer", "http://127.0.0.1:9"),
              new EngineSettings(Duration.ofMillis(500), Duration.ofMillis(500), 4));
    }

    @PostMapping
    @Idempotent
    @Allow(Permission.MODELS_WRITE)
    ResponseEntity<Note> write(@Valid @RequestBody NewNote note, Caller caller) {
      long id =
          sql.sql("insert into note (tenant, text, line_count) values (?, ?, ?) returning id")
              .params(caller.tenant().slug(), note.text(), note.lineCount())
              .query(Long.class)
              .single();
      audit.record("note.written", "notes/" + id, Map.of("lines", note.lineCount()));
      outbox.append("note.written", "notes/" + id, Map.of("id", id));
      return ResponseEntity.created(URI.create("/api/v1/ml/notes/" + id))
          .body(new Note(id, note.text(), note.lineCount(), note.colour()));
    }

    @PostMapping("/{id}/print")
    @Idempotent(outside = true)
    @Allow(Permission.MODELS_WRITE)
    ResponseEntity<Map<String, Integer>> print(@PathVariable long id) {
      int calls = ENGINE_CALLS.incrementAndGet();
      engine.post().uri("/print/{id}", id).retrieve().toBodilessEntity();
      return ResponseEntity.ok(Map.of("calls", calls));
    }

    @GetMapping
    @Allow(Permission.MODELS_READ)
    Page<Note> list(PageRequest page, @RequestParam(required = false) @Nullable Colour colour) {
      // No tenant in the query on purpose: row-level security alone has to hold.
      List<Note> rows =
          java.util.Objects.requireNonNull(
              reading.execute(
                  _ ->
                      sql.sql(
                              "select id, text, line_count from note where id > ? order by id limit ?")
                          .params(page.after(Long::valueOf).orElse(0L), page.limit())
                          .query(
                              (row, _) ->
                                  new Note(
                                      row.getLong(1),
                                      row.getString(2),
                                      row.getInt(3),
                                      Optional.empty()))
                          .list()));
      return Page.cut(rows, page, note -> PageToken.of(note.id()));
    }
  }
}
