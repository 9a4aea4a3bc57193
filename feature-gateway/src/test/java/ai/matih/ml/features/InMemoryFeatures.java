package ai.matih.ml.features;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.catalog.Condition;
import ai.matih.ml.features.catalog.Datasets;
import ai.matih.ml.features.catalog.Declaration;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.FeatureDocument;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.catalog.Declarations;
import ai.matih.ml.features.catalog.DeclaredDocument;
import ai.matih.ml.features.catalog.FeastDefinitions;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.materialization.Materialization;
import ai.matih.ml.features.materialization.Materializations;
import ai.matih.ml.features.materialization.OnlineWriter;
import ai.matih.ml.features.materialization.PushedRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Everything that the use cases keep or ask, in memory, for one tenant. */
public final class InMemoryFeatures
    implements Declarations,
        DefinitionsSource,
        FeastDefinitions,
        Datasets,
        Materializations,
        OnlineWriter {

  public static final Tenant TENANT = new Tenant("acme");

  /** What Feast has beside the declarations. */
  public Definitions observed = Definitions.none("acme");

  public final Map<String, DeclaredDocument> declared = new LinkedHashMap<>();
  public final List<String> refusals = new ArrayList<>();
  public final Map<String, Version> datasets = new HashMap<>();
  public final List<List<Named>> compared = new ArrayList<>();
  public List<Mismatch> mismatches = List.of();
  public boolean feastIsAway;
  public final Map<String, List<PushedRow>> written = new LinkedHashMap<>();
  public final List<String> pushes = new ArrayList<>();

  /** An entity of one whole-number key. */
  public static EntityDocument entity(String joinKey, FeatureType type) {
    return new EntityDocument(joinKey, type, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A source with an event time column {@code at}. */
  public static SourceDocument source(String uri) {
    return new SourceDocument(
        uri,
        "at",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A view that takes pushed rows. */
  public static ViewDocument view(
      String source, List<String> entities, Map<String, FeatureType> features) {
    return new ViewDocument(
        source,
        entities,
        features.entrySet().stream()
            .map(
                feature ->
                    new FeatureDocument(
                        feature.getKey(), feature.getValue(), Optional.empty(), Optional.empty()))
            .toList(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(true),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public Optional<DeclaredDocument> find(Kind kind, String name) {
    return Optional.ofNullable(declared.get(kind + "/" + name));
  }

  @Override
  public List<DeclaredDocument> all() {
    return List.copyOf(declared.values());
  }

  @Override
  public Optional<DeclaredDocument> store(
      String name, Declaration content, long expectedRevision, String by) {
    DeclaredDocument stored =
        new DeclaredDocument(
            name,
            content,
            expectedRevision + 1,
            0,
            new Condition("Applied", Condition.Status.UNKNOWN, "Pending", "soon", Instant.EPOCH),
            by,
            Instant.EPOCH);
    declared.put(content.kind() + "/" + name, stored);
    return Optional.of(stored);
  }

  @Override
  public void recordRefusal(Kind kind, String name, String reason) {
    refusals.add(kind + "/" + name + ": " + reason);
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return work.get();
  }

  @Override
  public Definitions of(Tenant tenant) {
    return observed;
  }

  @Override
  public Definitions fresh(Tenant tenant) {
    return observed;
  }

  @Override
  public void apply(Tenant tenant, List<Named> documents) {
    throw new UnsupportedOperationException("a declaration is applied later, by the reconciler");
  }

  @Override
  public List<Mismatch> check(Tenant tenant, List<Named> documents) {
    if (feastIsAway) {
      throw new EngineFailure.Unavailable("feast", "gone", Optional.empty());
    }
    compared.add(documents);
    return mismatches;
  }

  @Override
  public Optional<Version> find(String reference) {
    return Optional.ofNullable(datasets.get(reference));
  }

  @Override
  public void write(Tenant tenant, String view, List<PushedRow> rows) {
    written.computeIfAbsent(view, _ -> new ArrayList<>()).addAll(rows);
  }

  @Override
  public void pushed(String view, int rows) {
    pushes.add(view + ": " + rows);
  }

  @Override
  public Materialization create(Instant start, Instant end, List<String> views, String by) {
    throw new UnsupportedOperationException("materializations are tested on their own fake");
  }

  @Override
  public Optional<Materialization> find(UUID id) {
    return Optional.empty();
  }

  @Override
  public Page<Materialization> list(PageRequest page) {
    return new Page<>(List.of(), Optional.empty());
  }

  @Override
  public Optional<Materialization> claimed(Claim claim) {
    return Optional.empty();
  }

  @Override
  public void record(
      Claim claim,
      Materialization.Status status,
      List<Materialization.ViewProgress> progress,
      String reason,
      String message,
      boolean startedAgain) {
    throw new UnsupportedOperationException("materializations are tested on their own fake");
  }
}
