package ai.matih.ml.verifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Verifies one bundle: first that nobody touched the file, then that what it says adds up. */
public final class BundleVerifier {

  static final String FORMAT = "matih-ml/evidence-bundle/1";

  private BundleVerifier() {}

  /**
   * Verifies a file.
   *
   * @param trusted a JWK set with the keys that may have signed it; without it the file proves only
   *     that it is whole
   */
  public static Report verify(byte[] file, Optional<String> trusted) {
    var report = new Report();
    var files = new ArrayList<Map<String, byte[]>>();
    report.check("every byte of the file belongs to an entry", _ -> files.add(Archive.read(file)));
    if (files.isEmpty()) {
      return report;
    }
    var contents = new Contents(files.getFirst());
    report.check(
        "the manifest names every entry with its digest, chained", w -> entries(contents, w));
    report.check("the manifest is signed", w -> signature(contents, trusted, report, w));
    if (report.holds()) {
      new Meaning(contents).check(report);
      new RawReports(contents).check(report);
      new AuditProof(contents).check(report);
    }
    return report;
  }

  private static void entries(Contents contents, List<String> wrong) {
    var manifest = contents.json("manifest.json");
    if (!manifest.path("format").asString("").equals(FORMAT)) {
      wrong.add("The manifest's format is not " + FORMAT + ".");
      return;
    }
    var names = new ArrayList<>(List.of("manifest.json", "manifest.sig"));
    var chain = Hash.sha256(FORMAT + "\n");
    for (var entry : manifest.path("entries")) {
      var name = entry.path("name").asString();
      names.add(name);
      if (!contents.has(name)) {
        wrong.add("The entry " + name + " is missing.");
        continue;
      }
      var bytes = contents.bytes(name);
      var sha256 = Hash.sha256(bytes);
      chain = Hash.sha256("%s\n%s\n%d\n%s\n".formatted(chain, name, bytes.length, sha256));
      expect(entry, "sha256", sha256, name, wrong);
      expect(entry, "chain", chain, name, wrong);
      if (entry.path("bytes").asLong(-1) != bytes.length) {
        wrong.add("The entry " + name + " has another size than the manifest says.");
      }
    }
    if (!manifest.path("chain_head").asString("").equals(chain)) {
      wrong.add("The chain of entries does not end at chain_head.");
    }
    if (!names.equals(List.copyOf(contents.files().keySet()))) {
      wrong.add("The entries are not those of the manifest in their order.");
    }
  }

  private static void expect(
      JsonNode entry, String field, String value, String name, List<String> wrong) {
    if (!entry.path(field).asString("").equals(value)) {
      wrong.add("The entry %s has another %s than the manifest says.".formatted(name, field));
    }
  }

  private static void signature(
      Contents contents, Optional<String> trusted, Report report, List<String> wrong) {
    var key = Keys.of(contents.json("manifest.json").path("public_key"));
    if (!Keys.verifies(
        key, FORMAT + "\n", contents.bytes("manifest.json"), contents.text("manifest.sig"))) {
      wrong.add("The signature is not one of this manifest by the key that it names.");
      return;
    }
    var manifest = contents.json("manifest.json");
    report.note(
        "Signed by %s, key %s."
            .formatted(manifest.path("issuer").asString(), Keys.thumbprint(key)));
    if (trusted.isEmpty()) {
      report.note(
          "Nobody says that this key is the registry's: give its keys with --key (from %s, or the platform's jwks.json)."
              .formatted(manifest.path("jwks").asString()));
    } else if (Keys.ofSet(Contents.JSON.readTree(trusted.get())).stream()
        .noneMatch(one -> Keys.same(one, key))) {
      wrong.add("It is signed by a key that is not among the trusted ones.");
    }
  }
}
