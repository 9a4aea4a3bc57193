package ai.matih.ml.features.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.catalog.Declaration.EntityDocument;
import ai.matih.ml.features.catalog.Declaration.ServiceDocument;
import ai.matih.ml.features.catalog.Declaration.SourceDocument;
import ai.matih.ml.features.catalog.Declaration.ViewDocument;
import ai.matih.ml.features.definition.FeatureType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReconcileDeclarationsTests {

  private static final Tenant ACME = new Tenant("acme");

  private final Fake fake = new Fake();
  private final ReconcileDeclarations reconcile = new ReconcileDeclarations(fake, fake);

  @Test
  void documents_of_a_tenant_are_applied_together_in_the_order_of_their_needs() {
    fake.due(service("svc"), view("weather", "src"), source("src"), entity("place"));

    assertThat(reconcile.round()).isEqualTo(4);

    assertThat(fake.calls).containsExactly("place,src,weather,svc");
    assertThat(fake.outcomes.values()).containsOnly("applied");
    assertThat(fake.given).containsExactlyInAnyOrder("svc", "weather", "src", "place");
  }

  @Test
  void nothing_due_calls_nobody() {
    assertThat(reconcile.round()).isZero();
    assertThat(fake.calls).isEmpty();
  }

  @Test
  void a_wrong_document_does_not_hold_up_the_others() {
    fake.due(entity("place"), entity("wrong"), source("src"));

    reconcile.round();

    assertThat(fake.calls).containsExactly("place,wrong,src", "place", "wrong", "src");
    assertThat(fake.outcomes)
        .containsEntry("place", "applied")
        .containsEntry("wrong", "refused: no")
        .containsEntry("src", "applied");
  }

  @Test
  void documents_wait_while_feast_is_away() {
    fake.away = true;
    fake.due(entity("place"), source("src"));

    reconcile.round();

    assertThat(fake.calls).hasSize(1);
    assertThat(fake.outcomes.values()).allMatch(o -> o.startsWith("waiting: feast"));
  }

  private static DeclaredDocument document(String name, Declaration content) {
    return new DeclaredDocument(
        name,
        content,
        2,
        1,
        new Condition("Applied", Condition.Status.UNKNOWN, "Pending", "", Instant.EPOCH),
        "user:ada",
        Instant.EPOCH);
  }

  private static DeclaredDocument entity(String name) {
    return document(
        name,
        new EntityDocument(
            "k", FeatureType.INT64, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static DeclaredDocument source(String name) {
    return document(
        name,
        new SourceDocument(
            "s3://datasets/acme/x",
            "at",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private static DeclaredDocument view(String name, String source) {
    return document(
        name,
        new ViewDocument(
            source,
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private static DeclaredDocument service(String name) {
    return document(
        name,
        new ServiceDocument(
            List.of("weather:temp"), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  /** Pending work and a Feast that refuses everything called "wrong". */
  private static final class Fake implements PendingDeclarations, FeastDefinitions {
    private final List<DeclaredDocument> due = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final TreeMap<String, String> outcomes = new TreeMap<>();
    private boolean away;
    private final List<String> given = new ArrayList<>();

    void due(DeclaredDocument... documents) {
      due.addAll(List.of(documents));
    }

    @Override
    public List<Mismatch> check(Tenant tenant, List<Named> documents) {
      throw new UnsupportedOperationException("views are compared when they are declared");
    }

    @Override
    public void apply(Tenant tenant, List<FeastDefinitions.Named> documents) {
      String names =
          String.join(",", documents.stream().map(FeastDefinitions.Named::name).toList());
      calls.add(names);
      if (away) {
        throw new EngineFailure.Unavailable("feast", "gone", Optional.empty());
      }
      if (names.contains("wrong")) {
        throw new FeastDefinitions.Refused("no");
      }
    }

    @Override
    public List<Claim> take() {
      return due.stream().map(d -> new Claim(ACME, d.name(), 1)).toList();
    }

    @Override
    public void giveBack(List<Claim> claims) {
      claims.forEach(claim -> given.add(claim.id()));
    }

    @Override
    public List<Work> read(Tenant tenant, List<Claim> claims) {
      List<Work> work = new ArrayList<>();
      for (int i = 0; i < claims.size(); i++) {
        work.add(new Work(claims.get(i), due.get(i)));
      }
      return work;
    }

    @Override
    public void applied(Work work) {
      outcomes.put(work.document().name(), "applied");
    }

    @Override
    public void refused(Work work, String reason) {
      outcomes.put(work.document().name(), "refused: " + reason);
    }

    @Override
    public void waiting(Work work, String message) {
      outcomes.put(work.document().name(), "waiting: " + message);
    }
  }
}
