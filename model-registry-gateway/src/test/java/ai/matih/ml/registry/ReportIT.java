package ai.matih.ml.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.verifier.BundleVerifier;
import ai.matih.ml.verifier.Report;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** The reports behind evidence, on a real PostgreSQL and a real S3 store. */
class ReportIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String XML =
      "<?xml version='1.0'?>\n<testsuite>\n  <testcase name='grün &lt;script&gt;'/>\n</testsuite>";

  private static Database database;
  private static RegistryUnderTest registry;

  private Walk walk;
  private String model;
  private int version;
  private String path;

  @BeforeAll
  static void start() {
    database = TestEngines.postgres().freshDatabase("registry");
    registry = RegistryUnderTest.start(database);
  }

  @BeforeEach
  void register() {
    walk = new Walk(registry);
    model =
        walk.model(
            "Reported",
            "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.7}],\"required_tests\":[\"unit_tests\"]}");
    version = walk.checkedVersion(model, 0.9);
    path = "/models/%s/versions/%d/evidence".formatted(model, version);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static String junit(String xml) {
    return JSON.writeValueAsString(Map.of("kind", "unit_tests", "format", "junit", "report", xml));
  }

  private Answer upload(String xml, String... headers) {
    return registry.post(walk.alice, path, junit(xml), headers);
  }

  private Answer report(String token, String evidence) {
    return registry.get(token, path + "/" + evidence + "/report");
  }

  private long uploaded() {
    return IntStream.range(
            0, registry.get(walk.alice, path).expect(200).json().path("items").size())
        .mapToObj(i -> registry.get(walk.alice, path).text("/items/%d/source".formatted(i)))
        .filter(source -> source.equals("uploaded"))
        .count();
  }

  private S3Uri stored(String xml) {
    return S3Uri.of(
        "s3://models/%s/%s-reports/%s"
            .formatted(walk.tenant, walk.digest(model, version).hex(), Digest.of(xml).hex()));
  }

  private static ObjectStore s3() {
    return registry.bean(ObjectStore.class);
  }

  private void sql(String sql) {
    TenantScope.run(
        new Tenant(walk.tenant),
        () ->
            registry
                .bean(Transactions.class)
                .run(() -> registry.bean(JdbcClient.class).sql(sql).update()));
  }

  private Report verifiedBundle(String transition) {
    byte[] bundle =
        registry.download(
            walk.bob, "/models/%s/transitions/%s/bundle".formatted(model, transition));
    return BundleVerifier.verify(
        bundle,
        Optional.of(registry.get(walk.bob, "/audit/registry/keys").expect(200).http().body()));
  }

  @Test
  void a_report_comes_back_as_it_was_sent_and_never_as_a_page() {
    Answer evidence = upload(XML).expect(201);
    assertThat(evidence.json().path("report_bytes").asInt()).isEqualTo(XML.getBytes(UTF_8).length);

    Answer report = report(walk.bob, evidence.text("/id")).expect(200);
    assertThat(report.http().body()).isEqualTo(XML);
    assertThat(Digest.of(report.http().body()).value()).isEqualTo(evidence.text("/report_digest"));
    assertThat(report.http().headers().map())
        .containsEntry("Content-Type", List.of("application/xml;charset=UTF-8"))
        .containsEntry("X-Content-Type-Options", List.of("nosniff"))
        .containsEntry("Content-Security-Policy", List.of("default-src 'none'; sandbox"))
        .containsEntry(
            "Content-Disposition",
            List.of("attachment; filename=\"unit_tests-%s.xml\"".formatted(evidence.text("/id"))));
  }

  @Test
  void a_report_in_json_comes_back_as_json() {
    String report = "{\"tests\":[{\"name\":\"a\",\"outcome\":\"passed\",\"log\":\"<b>\"}]}";
    String id =
        registry
            .post(
                walk.alice,
                path,
                "{\"kind\":\"smoke\",\"format\":\"json\",\"report\":%s}".formatted(report))
            .expect(201)
            .text("/id");
    Answer back = report(walk.alice, id).expect(200);
    assertThat(back.http().body()).isEqualTo(report);
    assertThat(back.http().headers().firstValue("Content-Type"))
        .contains("application/json;charset=UTF-8");
  }

  @Test
  void the_same_report_again_is_the_evidence_that_is_there() {
    String first = upload(XML, "Idempotency-Key", "k1").expect(201).text("/id");
    assertThat(upload(XML, "Idempotency-Key", "k1").expect(201).text("/id")).isEqualTo(first);
    // As after a reply that was lost, by a caller without a key.
    assertThat(upload(XML).expect(200).text("/id")).isEqualTo(first);
    assertThat(uploaded()).isEqualTo(1);

    upload("<testsuite><testcase><failure/></testcase></testsuite>").expect(201);
    assertThat(upload(XML).expect(201).text("/id")).isNotEqualTo(first);
    String others = registry.post(walk.admin, path, junit(XML)).expect(201).text("/recorded_by");
    assertThat(others).isEqualTo("user:root");
    assertThat(uploaded()).isEqualTo(4);
  }

  @Test
  void what_has_no_report_says_so() {
    String checks = registry.get(walk.alice, path).expect(200).text("/items/0/id");
    assertThat(
            report(walk.alice, checks).expectProblem(404, "Registry:ReportNotKept").text("/detail"))
        .contains("all in the evidence");
    report(walk.alice, "00000000-0000-0000-0000-000000000000")
        .expectProblem(404, "Registry:EvidenceNotFound");
    report(walk.alice, "nonsense").expect(400);

    upload(XML).expect(201);
    // As the release before recorded it.
    sql(
        """
        insert into evidence (tenant, id, model_id, version, kind, source, format, outcome, counts, checks,
          artifact_digest, report_digest, recorded_by, recorded_at)
        select tenant, '11111111-1111-1111-1111-%s', model_id, version, 'old', source, format, outcome,
          counts, checks, artifact_digest, report_digest, recorded_by, recorded_at
        from evidence where source = 'UPLOADED' and model_id = '%s'
        """
            .formatted(walk.digest(model, version).hex().substring(0, 12), model));
    String old = "11111111-1111-1111-1111-" + walk.digest(model, version).hex().substring(0, 12);
    assertThat(report(walk.alice, old).expectProblem(404, "Registry:ReportNotKept").text("/detail"))
        .contains("only digests were kept");
  }

  @Test
  void others_open_no_report() {
    String id = upload(XML).expect(201).text("/id");
    report(TestTokens.user(walk.tenant, "ines", Role.INFERENCE), id)
        .expectProblem(403, "Common:Forbidden");
    report("", id).expect(401);
    Walk other = new Walk(registry);
    report(other.admin, id).expectProblem(404, "Registry:ModelNotFound");
    // Not even with a model of that name and the same files and report of its own.
    other.model("Reported", "{}");
    report(other.admin, id).expectProblem(404, "Registry:VersionNotFound");
    assertThat(
            TenantScope.call(
                new Tenant(other.tenant),
                () ->
                    registry
                        .bean(BundleStore.class)
                        .report(walk.digest(model, version), Digest.of(XML))))
        .isEmpty();
  }

  @Test
  void nothing_is_recorded_while_the_object_store_is_away() {
    try (RegistryUnderTest cut =
        RegistryUnderTest.start(database, Map.of("S3_ENDPOINT", "http://127.0.0.1:1"))) {
      Answer refused = cut.post(walk.alice, path, junit(XML), "Idempotency-Key", "cut");
      refused.expectProblem(503, "Common:EngineUnavailable");
      assertThat(refused.text("/params/engine")).isEqualTo("s3");
      assertThat(uploaded()).isZero();

      String id = upload(XML, "Idempotency-Key", "cut").expect(201).text("/id");
      cut.get(walk.alice, path + "/" + id + "/report")
          .expectProblem(503, "Common:EngineUnavailable");
      report(walk.alice, id).expect(200);
    }
  }

  @Test
  void a_report_that_was_changed_or_lost_in_the_store_is_never_passed_on() {
    String id = upload(XML).expect(201).text("/id");
    String transition =
        walk.awaitStatus(
                model, walk.promote(walk.alice, model, version, "staging").text("/id"), "completed")
            .text("/id");
    assertThat(verifiedBundle(transition).findings()).isEmpty();
    assertThat(verifiedBundle(transition).notes()).noneMatch(note -> note.contains("Not included"));

    byte[] forged = XML.replace("grün", "bunt").getBytes(UTF_8);
    s3().put(stored(XML), new ByteArrayInputStream(forged), forged.length, "text/xml");
    report(walk.alice, id).expectProblem(502, "Common:EngineMisbehaved");
    Report told = verifiedBundle(transition);
    assertThat(told.findings()).isEmpty();
    assertThat(told.notes())
        .anyMatch(note -> note.contains("Not included: the report behind evidence " + id));

    s3().delete(stored(XML));
    report(walk.alice, id).expectProblem(502, "Common:EngineMisbehaved");
  }

  @Test
  void reports_leave_with_the_files_that_they_are_about() {
    upload(XML).expect(201);
    Digest digest = walk.digest(model, version);
    String id = upload("<testsuite><testcase/></testsuite>").expect(201).text("/id");
    // A report that was stored by somebody who died before the evidence was recorded.
    TenantScope.run(
        new Tenant(walk.tenant),
        () -> registry.bean(BundleStore.class).storeReport(digest, "orphan".getBytes(UTF_8)));
    S3Uri kept = stored(XML);
    long size =
        TenantScope.call(
            new Tenant(walk.tenant), () -> registry.bean(BundleStore.class).sizeBytes(digest));
    long files =
        s3().list(S3Uri.of("s3://models/%s/%s/".formatted(walk.tenant, digest.hex())), 100).stream()
            .mapToLong(ObjectStore.ObjectInfo::sizeBytes)
            .sum();
    assertThat(size)
        .isEqualTo(
            files
                + XML.getBytes(UTF_8).length
                + "<testsuite><testcase/></testsuite>".length()
                + "orphan".length());

    registry.delete(walk.alice, "/models/%s/versions/%d".formatted(model, version)).expect(200);
    report(walk.alice, id).expectProblem(410, "Registry:VersionDeleted");
    upload(XML).expectProblem(410, "Registry:VersionDeleted");
    assertThat(s3().stat(kept)).isPresent();

    sql("update deletion set remove_at = now() - interval '1 second', next_try_at = now()");
    Answer removed =
        Walk.await(
            () -> registry.get(walk.alice, "/models/" + model + "/deletions"),
            answer -> answer.text("/items/0/status").equals("removed"));
    assertThat(removed.json().at("/items/0/freed_bytes").asLong()).isEqualTo(size);
    assertThat(s3().stat(kept)).isEmpty();
    assertThat(
            s3().list(S3Uri.of("s3://models/%s/".formatted(walk.tenant)), 1_000).stream()
                .filter(object -> object.uri().key().contains(digest.hex())))
        .isEmpty();
  }
}
