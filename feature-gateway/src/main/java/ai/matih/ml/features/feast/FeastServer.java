package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.catalog.Declaration;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.catalog.FeastDefinitions;
import ai.matih.ml.features.materialization.FeastRuns;
import ai.matih.ml.features.materialization.Materialization;
import ai.matih.ml.features.materialization.Materialization.Status;
import ai.matih.ml.features.materialization.Materialization.ViewProgress;
import ai.matih.ml.features.materialization.OnlineWriter;
import ai.matih.ml.features.materialization.PushedRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Our Feast server: apply, materialize and push, all of which may be repeated. */
final class FeastServer implements FeastDefinitions, FeastRuns, OnlineWriter {

  static final String ENGINE = "feast";

  private final RestClient http;

  FeastServer(RestClient http) {
    this.http = http;
  }

  @Override
  public void apply(Tenant tenant, List<Named> documents) {
    try {
      post("/projects/{project}/apply", tenant).body(wire(documents)).retrieve().toBodilessEntity();
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 409) {
        throw new EngineFailure.Unavailable(
            ENGINE, "the project has another writer", Optional.of(Duration.ofSeconds(2)));
      }
      throw new FeastDefinitions.Refused(refusal(refused).orElseThrow(() -> refused));
    }
  }

  private record WireMismatches(List<Mismatch> mismatches) {}

  @Override
  public List<Mismatch> check(Tenant tenant, List<Named> documents) {
    try {
      WireMismatches found =
          post("/projects/{project}/check", tenant)
              .body(wire(documents))
              .retrieve()
              .body(WireMismatches.class);
      if (found == null) {
        throw new EngineFailure.Misbehaved(ENGINE, 200, "no body");
      }
      return found.mismatches();
    } catch (EngineFailure.Refused refused) {
      throw new FeastDefinitions.Refused(refusal(refused).orElseThrow(() -> refused));
    } catch (EngineFailure.OutcomeUnknown unknown) {
      // A comparison changes nothing.
      throw new EngineFailure.Unavailable(ENGINE, unknown);
    }
  }

  private RestClient.RequestBodySpec post(String path, Tenant tenant) {
    return http.post().uri(path, tenant.feastProject()).contentType(MediaType.APPLICATION_JSON);
  }

  private static Map<String, List<Map<String, Object>>> wire(List<Named> documents) {
    Map<String, List<Map<String, Object>>> wire = new LinkedHashMap<>();
    for (Named document : documents) {
      wire.computeIfAbsent(document.content().kind().plural(), _ -> new ArrayList<>())
          .add(wire(document.name(), document.content()));
    }
    return wire;
  }

  record WireRun(String status, List<WireView> views) {}

  record WireView(
      String name,
      String status,
      long rows,
      Optional<Long> rowsWithoutKey,
      Optional<Long> rowsWithoutTime,
      Optional<String> error) {

    ViewProgress progress() {
      return new ViewProgress(
          name,
          status,
          rows,
          rowsWithoutKey.filter(n -> n > 0),
          rowsWithoutTime.filter(n -> n > 0),
          error);
    }
  }

  @Override
  public Run start(Tenant tenant, Materialization wanted) {
    try {
      WireRun run =
          post("/projects/{project}/materialize", tenant)
              .body(
                  Map.of(
                      "id",
                      wanted.id().toString(),
                      "start",
                      wanted.start().toString(),
                      "end",
                      wanted.end().toString(),
                      "views",
                      wanted.views()))
              .retrieve()
              .body(WireRun.class);
      return run(run);
    } catch (EngineFailure.Refused refused) {
      throw new FeastRuns.Refused(refusal(refused).orElseThrow(() -> refused));
    }
  }

  @Override
  public Optional<Run> find(Tenant tenant, Materialization wanted) {
    try {
      return Optional.of(
          run(
              http.get()
                  .uri(
                      "/projects/{project}/materializations/{id}",
                      tenant.feastProject(),
                      wanted.id())
                  .retrieve()
                  .body(WireRun.class)));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  @Override
  public void write(Tenant tenant, String view, List<PushedRow> rows) {
    try {
      post("/projects/{project}/push", tenant)
          .body(Map.of("view", view, "rows", rows.stream().map(FeastServer::wire).toList()))
          .retrieve()
          .toBodilessEntity();
    } catch (EngineFailure.Refused refused) {
      throw new FeastRuns.Refused(refusal(refused).orElseThrow(() -> refused));
    }
  }

  private static Map<String, Object> wire(PushedRow row) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("keys", seconds(row.keys()));
    wire.put("values", seconds(row.values()));
    wire.put("event", row.event().toString());
    wire.put("created", row.created().map(Instant::toString).orElse(null));
    return wire;
  }

  /** Times are whole seconds there; all else has its own form in JSON. */
  private static Map<String, @Nullable Object> seconds(Map<String, @Nullable Object> values) {
    Map<String, @Nullable Object> wire = new LinkedHashMap<>();
    values.forEach((name, value) -> wire.put(name, seconds(value)));
    return wire;
  }

  private static @Nullable Object seconds(@Nullable Object value) {
    return switch (value) {
      case Instant at -> at.getEpochSecond();
      case List<?> list -> list.stream().map(FeastServer::seconds).toList();
      case null -> null;
      default -> value;
    };
  }

  private static Map<String, Object> wire(String name, Declaration content) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("name", name);
    switch (content) {
      case EntityDocument entity -> {
        wire.put("join_key", entity.joinKey());
        wire.put("type", entity.type().wire());
        labels(wire, entity.description(), entity.owner(), entity.tags());
      }
      case SourceDocument source -> {
        wire.put("uri", source.uri());
        wire.put("timestamp_column", source.timestampColumn());
        source.createdTimestampColumn().ifPresent(c -> wire.put("created_timestamp_column", c));
        source.fieldMapping().ifPresent(m -> wire.put("field_mapping", m));
        labels(wire, source.description(), source.owner(), source.tags());
      }
      case ViewDocument view -> {
        wire.put("source", view.source());
        wire.put("entities", view.entities());
        wire.put("features", view.features().stream().map(FeastServer::wire).toList());
        wire.put("ttl_seconds", view.ttl().orElse(Duration.ZERO).toSeconds());
        wire.put("online", view.online().orElse(true));
        wire.put("push", view.push().orElse(false));
        labels(wire, view.description(), view.owner(), view.tags());
      }
      case ServiceDocument service -> {
        wire.put("features", service.features());
        labels(wire, service.description(), service.owner(), service.tags());
      }
    }
    return wire;
  }

  private static Map<String, Object> wire(Declaration.FeatureDocument feature) {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("name", feature.name());
    wire.put("type", feature.type().wire());
    feature.description().ifPresent(d -> wire.put("description", d));
    feature.tags().ifPresent(t -> wire.put("tags", t));
    return wire;
  }

  private static void labels(
      Map<String, Object> wire,
      Optional<String> description,
      Optional<String> owner,
      Optional<Map<String, String>> tags) {
    description.ifPresent(d -> wire.put("description", d));
    owner.ifPresent(o -> wire.put("owner", o));
    tags.ifPresent(t -> wire.put("tags", t));
  }

  private static Run run(@Nullable WireRun wire) {
    if (wire == null) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, "no body");
    }
    return new Run(
        Status.valueOf(wire.status().toUpperCase(Locale.ROOT)),
        wire.views().stream().map(WireView::progress).toList());
  }

  /** The server's own words; empty when the refusal is not about the request but about us. */
  private static Optional<String> refusal(EngineFailure.Refused refused) {
    if (refused.status() == 401 || refused.status() == 403) {
      return Optional.empty();
    }
    try {
      JsonNode body = EngineClients.LENIENT_JSON.readTree(refused.body());
      return Optional.of(body.path("message").asString("Feast refused it."));
    } catch (JacksonException e) {
      return Optional.of("Feast refused it.");
    }
  }
}
