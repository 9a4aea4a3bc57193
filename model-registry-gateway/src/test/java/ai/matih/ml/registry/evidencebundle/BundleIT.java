package ai.matih.ml.registry.evidencebundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.registry.fixture.RegistryUnderTest;
import ai.matih.ml.registry.fixture.RegistryUnderTest.Answer;
import ai.matih.ml.registry.fixture.Walk;
import ai.matih.ml.verifier.BundleVerifier;
import ai.matih.ml.verifier.Report;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Evidence bundles of a real walk, in the hands of people who would like them to say more. */
class BundleIT {

  private static final int FLIPS = 10_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String REPORT = "{\"tests\":[{\"name\":\"a\",\"outcome\":\"passed\"}]}";

  private static RegistryUnderTest registry;
  private static Walk walk;
  private static String model;
  private static String path;
  private static byte[] bundle;
  private static String keys;

  private final Random random = new Random(4);

  @BeforeAll
  static void start() {
    registry = RegistryUnderTest.start(TestEngines.postgres().freshDatabase("registry"));
    walk = new Walk(registry);
    model = walk.model("Evidence");
    int version = walk.checkedVersion(model, 0.8);
    registry
        .post(
            walk.alice,
            "/models/%s/versions/%d/evidence".formatted(model, version),
            "{\"kind\":\"unit_tests\",\"format\":\"json\",\"note\":\"gr\u00fcn\",\"report\":%s}"
                .formatted(REPORT))
        .expect(201);
    walk.promote(walk.alice, model, version, "staging").expect(200);
    String transition =
        walk.promote(walk.alice, model, version, "production").expect(202).text("/id");
    walk.approve(walk.bob, model, transition).expect(202);
    walk.model("Somebody else's");
    failing(model, version).expect(201);
    Walk.await(
        () -> registry.get(walk.alice, "/models/%s/transitions/%s".formatted(model, transition)),
        answer -> answer.json().at("/approvals/0/is_void").asBoolean());
    walk.approve(walk.bob, model, transition).expect(202);
    registry.router().deploy(walk.tenant, model, version, 0);
    walk.awaitStatus(model, transition, "completed");
    path = "/models/%s/transitions/%s/bundle".formatted(model, transition);
    bundle = registry.download(walk.bob, path);
    keys = registry.get(walk.bob, "/audit/registry/keys").expect(200).http().body();
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static Answer failing(String model, int version) {
    return registry.post(
        walk.alice,
        "/models/%s/versions/%d/evidence".formatted(model, version),
        "{\"kind\":\"bias_tests\",\"format\":\"json\",\"report\":{\"tests\":[{\"name\":\"a\",\"outcome\":\"failed\"}]}}");
  }

  private static Report verify(byte[] file) {
    return BundleVerifier.verify(file, Optional.of(keys));
  }

  private static Map<String, byte[]> entries(byte[] archive) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return entries;
  }

  private static byte[] zip(Map<String, byte[]> entries) {
    return ai.matih.ml.verifier.Archive.write(entries);
  }

  /** With a manifest that fits the entries again, signed by a service's real key. */
  private static byte[] sealedAnew(Map<String, byte[]> files, String service) {
    Map<String, Object> about = new LinkedHashMap<>();
    JSON.readTree(files.get("manifest.json")).forEachEntry(about::put);
    Map<String, byte[]> documents = new LinkedHashMap<>(files);
    documents.keySet().removeAll(List.of("manifest.json", "manifest.sig"));
    return new SealedArchive(TestTokens.signer(service)).seal(about, documents);
  }

  private static Map<String, byte[]> changed(String file, String from, String to) {
    Map<String, byte[]> files = entries(bundle);
    String before = new String(files.get(file), UTF_8);
    assertThat(before).contains(from);
    files.put(file, before.replace(from, to).getBytes(UTF_8));
    return files;
  }

  @Test
  void a_bundle_holds_and_shows_what_the_decision_rested_on() throws IOException {
    Report report = verify(bundle);
    assertThat(report.findings()).isEmpty();
    assertThat(report.checks()).hasSizeGreaterThan(12);
    assertThat(report.notes())
        .anyMatch(note -> note.startsWith("Signed by model-registry-gateway"));

    Map<String, byte[]> files = entries(bundle);
    JsonNode approvals = JSON.readTree(files.get("approvals.json"));
    assertThat(approvals).hasSize(2);
    assertThat(approvals.at("/0/voided/reason").asString())
        .isEqualTo("bias_tests contradicts it: tests failed");
    assertThat(approvals.at("/1/basis/reports")).hasSize(3);
    assertThat(files).containsKey("evidence/0004-platform_integration.json");
    JsonNode manifest = JSON.readTree(files.get("manifest.json"));
    assertThat(manifest.at("/not_included")).isEmpty();
    assertThat(new String(files.get(reportFile()), UTF_8)).isEqualTo(REPORT);
    assertThat(manifest.at("/tenant").asString()).isEqualTo(walk.tenant);
    String rows = new String(files.get("audit/rows.json"), UTF_8);
    assertThat(rows).contains("version.registered", "transition.completed", "stage.changed");
    // Another model was created in between: it counts in the chain and is not shown.
    assertThat(rows).doesNotContain("somebody-else");
    assertThat(JSON.readTree(files.get("audit/rows.json")).size())
        .isLessThan(new String(files.get("audit/chain.txt"), UTF_8).split("\n", -1).length - 2);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().endsWith(".json")) {
        assertThat(new String(file.getValue(), UTF_8)).doesNotContain(": null", " : null");
      }
    }
    Files.write(Path.of("target/evidence-bundle.zip"), bundle);
    Files.writeString(Path.of("target/evidence-keys.json"), keys);
  }

  @Test
  void the_same_bundle_is_made_for_ever() {
    String before = walk.model("Later");
    assertThat(before).isNotEmpty();
    registry.post(
        walk.alice,
        "/models/%s/versions/1/evidence".formatted(model),
        "{\"kind\":\"late\",\"format\":\"json\",\"report\":{\"tests\":[{\"name\":\"a\",\"outcome\":\"passed\"}]}}");
    walk.approve(walk.carol, model, path.split("/")[4])
        .expectProblem(409, "Registry:TransitionClosed");
    assertThat(registry.download(walk.carol, path)).isEqualTo(bundle);
    assertThat(zip(entries(bundle))).isEqualTo(bundle);
  }

  @Test
  void every_state_of_a_transition_has_a_bundle_that_holds() {
    String other = walk.model("States", "{}");
    int version = walk.checkedVersion(other, 0.5);
    Answer waits = walk.promote(walk.alice, other, version, "staging").expect(202);
    String file = "/models/%s/transitions/%s/bundle".formatted(other, waits.text("/id"));
    assertThat(verify(registry.download(walk.bob, file)).findings()).isEmpty();
    registry
        .post(
            walk.alice,
            "/models/%s/transitions/%s/cancel".formatted(other, waits.text("/id")),
            "{}")
        .expect(200);
    assertThat(verify(registry.download(walk.bob, file)).findings()).isEmpty();
  }

  @Test
  void an_approval_and_a_failure_at_one_moment_agree_in_the_end() throws InterruptedException {
    String other = walk.model("Races");
    int version = walk.stagingVersion(other, 0.8);
    String transition =
        walk.promote(walk.alice, other, version, "production").expect(202).text("/id");
    String on = "/models/%s/transitions/%s".formatted(other, transition);
    int stand = 0;
    for (int round = 0; round < 6; round++) {
      Thread fails = Thread.ofVirtual().start(() -> failing(other, version).expect(201));
      walk.approve(walk.bob, other, transition).expect(202);
      fails.join();
      Answer settled =
          Walk.await(
              () -> registry.get(walk.alice, on),
              _ -> verify(registry.download(walk.bob, on + "/bundle")).holds());
      stand += standing(settled);
      // The next failure is one that the one before it had not.
      registry.post(
          walk.alice,
          "/models/%s/versions/%d/evidence".formatted(other, version),
          "{\"kind\":\"bias_tests\",\"format\":\"json\",\"report\":%s}".formatted(REPORT));
    }
    System.out.printf("bundle: %d of 6 approvals saw the failure, and stand%n", stand);
    registry.post(walk.alice, on + "/cancel", "{}").expect(200);
    assertThat(verify(registry.download(walk.bob, on + "/bundle")).findings()).isEmpty();
  }

  private static int standing(Answer transition) {
    int stand = 0;
    for (JsonNode approval : transition.json().at("/approvals")) {
      stand += approval.at("/is_void").asBoolean() ? 0 : 1;
    }
    assertThat(stand).isLessThan(2);
    return stand;
  }

  @Test
  void what_production_was_compared_with_is_in_it() {
    String other =
        walk.model(
            "Compared",
            "{\"baseline\":[{\"metric\":\"auc\",\"min\":0.5,\"not_worse_than_production\":{}}]}");
    walk.productionVersion(other, 0.7);
    int next = walk.checkedVersion(other, 0.75);
    String transition = walk.promote(walk.alice, other, next, "staging").expect(200).text("/id");
    byte[] file =
        registry.download(
            walk.bob, "/models/%s/transitions/%s/bundle".formatted(other, transition));
    assertThat(verify(file).findings()).isEmpty();
    JsonNode production =
        JSON.readTree(entries(file).getOrDefault("production/version.json", new byte[0]));
    assertThat(production.at("/version").asInt()).isEqualTo(1);
    assertThat(production.at("/evaluation/metrics/auc").asDouble()).isEqualTo(0.7);
    registry.router().deploy(walk.tenant, other, next, 0);
  }

  @Test
  void an_override_is_in_it_with_who_agreed() {
    String other = walk.model("Overridden", "{}");
    int version = walk.checkedVersion(other, 0.5);
    String transition = walk.promote(walk.alice, other, version, "staging").expect(202).text("/id");
    String on = "/models/%s/transitions/%s".formatted(other, transition);
    String olga = TestTokens.user(walk.tenant, "olga", Role.OPERATOR);
    registry.post(olga, on + "/override", "{\"reason\":\"burning\"}").expect(200);
    Report waiting = verify(registry.download(walk.bob, on + "/bundle"));
    assertThat(waiting.findings()).isEmpty();
    assertThat(waiting.notes())
        .contains("user:olga overrode the gate: burning (awaiting confirmation).");

    registry.post(walk.bob, on + "/override/confirm", "{}").expect(200);
    byte[] confirmed = registry.download(walk.bob, on + "/bundle");
    assertThat(verify(confirmed).findings()).isEmpty();
    assertThat(new String(entries(confirmed).get("audit/rows.json"), UTF_8))
        .contains("transition.overridden", "override.confirmed");
    walk.model("After the override");
    assertThat(registry.download(walk.bob, on + "/bundle")).isEqualTo(confirmed);

    Map<String, byte[]> hidden = entries(confirmed);
    hidden.remove("override.json");
    assertThat(verify(sealedAnew(hidden, "model-registry-gateway")).findings())
        .anyMatch(wrong -> wrong.contains("MetricsMeetBaseline was not_met when it completed"));
  }

  @Test
  void ten_thousand_of_ten_thousand_flipped_bits_are_found() {
    assertThat(verify(bundle).holds()).isTrue();
    int found = 0;
    for (int i = 0; i < FLIPS; i++) {
      byte[] tampered = bundle.clone();
      tampered[random.nextInt(tampered.length)] ^= (byte) (1 << random.nextInt(8));
      found += verify(tampered).holds() ? 0 : 1;
    }
    System.out.printf("bundle: %,d of %,d flipped bits found%n", found, FLIPS);
    assertThat(found).isEqualTo(FLIPS);
  }

  /** The zip around it is made anew each time, so that only digests and signature can tell. */
  @Test
  void a_changed_entry_in_a_proper_zip_is_found() {
    List<String> names = List.copyOf(entries(bundle).keySet());
    int found = 0;
    int tried = 2_000;
    for (int i = 0; i < tried; i++) {
      Map<String, byte[]> files = entries(bundle);
      byte[] content =
          java.util.Objects.requireNonNull(files.get(names.get(random.nextInt(names.size()))));
      content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
      found += verify(zip(files)).holds() ? 0 : 1;
    }
    System.out.printf("bundle: %,d of %,d changed entries found%n", found, tried);
    assertThat(found).isEqualTo(tried);
  }

  @Test
  void a_cut_extended_or_reordered_file_is_found() {
    for (int i = 0; i < 500; i++) {
      assertThat(verify(Arrays.copyOf(bundle, random.nextInt(bundle.length))).holds()).isFalse();
    }
    assertThat(verify(Arrays.copyOf(bundle, bundle.length + 1)).holds()).isFalse();
    assertThat(verify(concat("#!".getBytes(UTF_8), bundle)).holds()).isFalse();

    Map<String, byte[]> swapped = new LinkedHashMap<>();
    List<String> names = List.copyOf(entries(bundle).keySet()).reversed();
    names.forEach(name -> swapped.put(name, entries(bundle).get(name)));
    assertThat(verify(zip(swapped)).holds()).isFalse();
    for (String name : names) {
      Map<String, byte[]> without = entries(bundle);
      without.remove(name);
      assertThat(verify(zip(without)).holds()).as("without " + name).isFalse();
    }
    Map<String, byte[]> more = entries(bundle);
    more.put("evidence/9999-more.json", "{}".getBytes(UTF_8));
    assertThat(verify(zip(more)).holds()).isFalse();
    Map<String, byte[]> slipped = entries(bundle);
    slipped.put("../../evil.txt", "x".getBytes(UTF_8));
    assertThat(verify(zip(slipped)).findings().getFirst()).contains("a name that no bundle uses");
  }

  @Test
  void a_signature_by_somebody_else_is_found_and_without_keys_only_noted() {
    String others = "{\"keys\":[]}";
    assertThat(BundleVerifier.verify(bundle, Optional.of(others)).findings())
        .containsExactly("It is signed by a key that is not among the trusted ones.");
    Report alone = BundleVerifier.verify(bundle, Optional.empty());
    assertThat(alone.holds()).isTrue();
    assertThat(alone.notes()).anyMatch(note -> note.contains("--key"));
  }

  @Test
  void new_digests_under_an_old_signature_are_found() {
    Map<String, byte[]> files = changed("approvals.json", "user:bob", "user:eve");
    Map<String, byte[]> forged = entries(sealedAnew(files, "model-registry-gateway"));
    forged.put("manifest.sig", files.get("manifest.sig"));
    assertThat(verify(zip(forged)).findings())
        .containsExactly("The signature is not one of this manifest by the key that it names.");
    assertThat(verify(sealedAnew(files, "serving-router")).findings())
        .anyMatch(wrong -> wrong.contains("not among the trusted ones"));
  }

  /** Signed by the registry itself, as if it had been talked into it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          approvals.json     | user:bob                 | user:alice              | user:alice approved and asked for it.
          approvals.json     | user:bob                 | user:trainer            | user:trainer approved and trained it.
          approvals.json     | "approver" : "user:bob"  | "approver" : "user:bob", "key_made_by" : "user:alice" | user:alice made the key of user:bob and asked for it.
          approvals.json     | user:bob                 | service:bob             | service:bob approved and is no person.
          approvals.json     | user:bob                 | user:eve                | No audit row tells of the approval of user:eve.
          version.json       | "model.onnx" : "         | "model.onnx" : "0       | version.json: its files do not make its digest.
          basis/policy.txt   | "min":0.7                | "min":0.1               | user:bob approved another policy than the one here.
          policy.json        | "min" : 0.7              | "min" : 0.1             | basis/policy.txt is not the policy of policy.json.
          evidence/0001-platform_checks.json | "failed" : 0 | "failed" : 1        | basis/evidence.txt is not what the reports say.
          evidence/0001-platform_checks.json | "artifact_digest" : "sha256: | "artifact_digest" : "sha256:0 | is not
          evidence/0002-unit_tests.json | "passed" : 1           | "passed" : 2            | says 2 passed, and its report 1.
          evidence/0002-unit_tests.json | "passed" : 1           | "passed" : 2            | user:bob approved another evidence than the reports say.
          evidence/0004-platform_integration.json | "failed" : 0 | "failed" : 1            | evidence/0004-platform_integration.json contradicts the approval of user:bob.
          evidence/0003-bias_tests.json | "id" : "               | "id" : "0              | user:bob approved on reports that are not here.
          transition.json    | "status" : "met"         | "status" : "not_met"    | was not_met when it completed.
          audit/rows.json    | "principal" : "user:bob" | "principal" : "user:eve" | is not the one in the chain.
          audit/rows.json    | "seq" : 3                | "seq" : 4               | in the chain.
          stages.json        | production               | staging                 | No stage begins by this transition although it completed.
          manifest.json      | "last_hash" : "          | "last_hash" : "0        | The chain does not end at the hash that the manifest signs.
          """)
  void a_signed_bundle_that_contradicts_itself_is_found(
      String file, String from, String to, String finding) {
    assertThat(verify(sealedAnew(changed(file, from, to), "model-registry-gateway")).findings())
        .anyMatch(wrong -> wrong.contains(finding));
    assertThat(verify(sealedAnew(entries(bundle), "model-registry-gateway")))
        .matches(Report::holds);
  }

  private static String reportFile() {
    return "reports/" + Digest.of(REPORT).hex() + ".json";
  }

  @Test
  void a_report_that_is_not_the_one_that_was_counted_is_found() {
    Map<String, byte[]> changed = changed(reportFile(), "\"a\"", "\"b\"");
    assertThat(verify(zip(changed)).findings())
        .contains(
            "The entry %s has another sha256 than the manifest says.".formatted(reportFile()));
    assertThat(verify(sealedAnew(changed, "model-registry-gateway")).findings())
        .contains(reportFile() + " has another content than its name says.")
        .anyMatch(wrong -> wrong.startsWith("No evidence was counted from the report "))
        .anyMatch(wrong -> wrong.contains("is not here, and the manifest does not say why."));

    Map<String, byte[]> without = entries(bundle);
    without.remove(reportFile());
    assertThat(verify(sealedAnew(without, "model-registry-gateway")).findings())
        .hasSize(1)
        .allMatch(wrong -> wrong.contains("is not here, and the manifest does not say why."));
  }

  @Test
  void bundles_are_for_those_who_may_read_the_audit() {
    registry.get(walk.alice, path).expectProblem(403, "Common:Forbidden");
    String foreign = TestTokens.user("other", "eve", Role.ADMIN);
    registry.get(foreign, path).expectProblem(404, "Registry:ModelNotFound");
    registry
        .get(
            walk.bob,
            path.replaceAll(
                "transitions/[^/]+", "transitions/00000000-0000-0000-0000-000000000000"))
        .expectProblem(404, "Registry:TransitionNotFound");
  }

  @Test
  void audit_rows_of_a_model_are_read_in_pages_and_the_chain_is_verified() {
    Answer first = registry.get(walk.bob, "/models/" + model + "/audit?page_size=3").expect(200);
    assertThat(first.json().at("/items")).hasSize(3);
    Answer next =
        registry
            .get(
                walk.bob,
                "/models/%s/audit?page_size=3&page_token=%s"
                    .formatted(model, first.text("/next_page_token")))
            .expect(200);
    assertThat(next.json().at("/items/0/seq").asLong())
        .isLessThan(first.json().at("/items/2/seq").asLong());
    registry.get(walk.alice, "/models/" + model + "/audit").expectProblem(403, "Common:Forbidden");
    registry
        .get(TestTokens.user("other", "eve", Role.ADMIN), "/models/" + model + "/audit")
        .expectProblem(404, "Registry:ModelNotFound");

    Answer chain = registry.get(walk.bob, "/audit/registry/verification").expect(200);
    assertThat(chain.json().at("/intact").asBoolean()).isTrue();
    assertThat(chain.json().has("first_broken_row")).isFalse();
    assertThat(chain.json().at("/rows").asLong()).isGreaterThan(10);
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }
}
